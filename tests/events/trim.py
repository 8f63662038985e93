"""Writes payloads.json anew from the npm package @octokit/webhooks-examples:

    python -m tests.events.trim PATH/TO/api.github.com/index.json

Of each event that the bot acts on, or may be started by, one payload for each action is kept; from
it go links to other parts of the API, which nobody here reads.
"""

import json
import sys
from pathlib import Path
from typing import Any

EVENTS = (
    "check_run",
    "issue_comment",
    "merge_group",
    "pull_request",
    "pull_request_review",
    "push",
    "repository_dispatch",
    "workflow_dispatch",
    "workflow_run",
)
PAYLOADS = Path(__file__).with_name("payloads.json")


def trimmed(value: Any) -> Any:
    if isinstance(value, list):
        return [trimmed(each) for each in value[:3]]
    if isinstance(value, dict):
        return {name: trimmed(each) for name, each in value.items() if kept(name)}
    return value


def kept(name: str) -> bool:
    return name in ("html_url", "url") or not name.endswith(("_url", "_links"))


def chosen(examples: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for event in (each for each in examples if each["name"] in EVENTS):
        told: set[str] = set()
        for payload in event["examples"]:
            kind = payload.get("action") or str(payload.get("deleted", ""))
            if kind not in told:
                told.add(kind)
                found.append({"event": event["name"], "payload": trimmed(payload)})
    return found


def main() -> None:
    examples = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in chosen(examples))
    PAYLOADS.write_text(f"[\n{lines}\n]\n", "utf-8")


if __name__ == "__main__":
    main()
