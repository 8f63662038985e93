"""Cuts GitHub's OpenAPI description down to the paths and events that the bot and the hub use.

    npm pack @octokit/openapi && tar xzf octokit-openapi-*.tgz
    python tests/openapi/trim.py package/generated/api.github.com.json tests/openapi

What is kept is kept as GitHub wrote it, without examples and prose, and with the amendments below.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

REPOSITORY = "/repos/{owner}/{repo}"
PATHS = {
    "/orgs/{org}/teams/{team_slug}": "get",
    "/orgs/{org}/teams/{team_slug}/members": "get",
    "/orgs/{org}/teams/{team_slug}/memberships/{username}": "get",
    "/rate_limit": "get",
    "/user": "get",
    "/users/{username}": "get",
    REPOSITORY: "get",
    f"{REPOSITORY}/activity": "get",
    f"{REPOSITORY}/actions/artifacts/{{artifact_id}}": "get",
    f"{REPOSITORY}/actions/artifacts/{{artifact_id}}/{{archive_format}}": "get",
    f"{REPOSITORY}/actions/runs": "get",
    f"{REPOSITORY}/actions/runs/{{run_id}}": "get",
    f"{REPOSITORY}/actions/runs/{{run_id}}/artifacts": "get",
    f"{REPOSITORY}/actions/runs/{{run_id}}/rerun": "post",
    f"{REPOSITORY}/actions/runs/{{run_id}}/rerun-failed-jobs": "post",
    f"{REPOSITORY}/actions/workflows/{{workflow_id}}/dispatches": "post",
    f"{REPOSITORY}/branches/{{branch}}": "get",
    f"{REPOSITORY}/check-runs": "post",
    f"{REPOSITORY}/check-runs/{{check_run_id}}": "get patch",
    f"{REPOSITORY}/check-runs/{{check_run_id}}/annotations": "get",
    f"{REPOSITORY}/check-runs/{{check_run_id}}/rerequest": "post",
    f"{REPOSITORY}/collaborators": "get",
    f"{REPOSITORY}/collaborators/{{username}}/permission": "get",
    f"{REPOSITORY}/commits": "get",
    f"{REPOSITORY}/commits/{{commit_sha}}/pulls": "get",
    f"{REPOSITORY}/commits/{{ref}}": "get",
    f"{REPOSITORY}/commits/{{ref}}/check-runs": "get",
    f"{REPOSITORY}/commits/{{ref}}/status": "get",
    f"{REPOSITORY}/commits/{{ref}}/statuses": "get",
    f"{REPOSITORY}/compare/{{basehead}}": "get",
    f"{REPOSITORY}/contents/{{path}}": "get",
    f"{REPOSITORY}/deployments": "get post",
    f"{REPOSITORY}/deployments/{{deployment_id}}": "get",
    f"{REPOSITORY}/deployments/{{deployment_id}}/statuses": "get post",
    f"{REPOSITORY}/deployments/{{deployment_id}}/statuses/{{status_id}}": "get",
    f"{REPOSITORY}/environments": "get",
    f"{REPOSITORY}/environments/{{environment_name}}": "get",
    f"{REPOSITORY}/git/blobs/{{file_sha}}": "get",
    f"{REPOSITORY}/git/commits/{{commit_sha}}": "get",
    f"{REPOSITORY}/git/ref/{{ref}}": "get",
    f"{REPOSITORY}/git/trees/{{tree_sha}}": "get",
    f"{REPOSITORY}/issues": "get post",
    f"{REPOSITORY}/issues/comments/{{comment_id}}": "get patch delete",
    f"{REPOSITORY}/issues/comments/{{comment_id}}/reactions": "get post",
    f"{REPOSITORY}/issues/comments/{{comment_id}}/reactions/{{reaction_id}}": "delete",
    f"{REPOSITORY}/issues/{{issue_number}}": "get patch",
    f"{REPOSITORY}/issues/{{issue_number}}/comments": "get post",
    f"{REPOSITORY}/issues/{{issue_number}}/events": "get",
    f"{REPOSITORY}/issues/{{issue_number}}/labels": "get post",
    f"{REPOSITORY}/issues/{{issue_number}}/labels/{{name}}": "delete",
    f"{REPOSITORY}/labels": "get post",
    f"{REPOSITORY}/labels/{{name}}": "get",
    f"{REPOSITORY}/pulls": "get",
    f"{REPOSITORY}/pulls/comments/{{comment_id}}": "get patch delete",
    f"{REPOSITORY}/pulls/{{pull_number}}": "get",
    f"{REPOSITORY}/pulls/{{pull_number}}/comments": "get",
    f"{REPOSITORY}/pulls/{{pull_number}}/comments/{{comment_id}}/replies": "post",
    f"{REPOSITORY}/pulls/{{pull_number}}/commits": "get",
    f"{REPOSITORY}/pulls/{{pull_number}}/files": "get",
    f"{REPOSITORY}/pulls/{{pull_number}}/requested_reviewers": "get post delete",
    f"{REPOSITORY}/pulls/{{pull_number}}/reviews": "get post",
    f"{REPOSITORY}/pulls/{{pull_number}}/reviews/{{review_id}}": "get",
    f"{REPOSITORY}/pulls/{{pull_number}}/reviews/{{review_id}}/dismissals": "put",
    f"{REPOSITORY}/statuses/{{sha}}": "post",
}
EVENTS = (
    "check-run-rerequested",
    "check-suite-rerequested",
    "issue-comment-created",
    "issue-comment-deleted",
    "issue-comment-edited",
    "merge-group-checks-requested",
    "pull-request-assigned",
    "pull-request-closed",
    "pull-request-converted-to-draft",
    "pull-request-edited",
    "pull-request-opened",
    "pull-request-ready-for-review",
    "pull-request-reopened",
    "pull-request-review-dismissed",
    "pull-request-review-requested",
    "pull-request-review-submitted",
    "pull-request-synchronize",
    "pull-request-unassigned",
    "push",
    "workflow-dispatch",
    "workflow-run-completed",
)
PROSE = {"description", "example", "examples", "externalDocs", "summary", "title", "tags"}
# A discriminator only hastens the choice that oneOf makes, and cannot speak of a list.
LEFT_OUT = PROSE | {"discriminator"}


def trim(whole: dict[str, Any]) -> dict[str, Any]:
    """The description of the kept paths, with every component they refer to."""
    paths = {path: _operations(whole["paths"][path], kept) for path, kept in PATHS.items()}
    _amend(paths)
    small: dict[str, Any] = {
        "openapi": whole["openapi"],
        "info": {name: whole["info"][name] for name in ("title", "version", "license")},
        "servers": [{"url": "https://api.github.com"}],
        "paths": paths,
    }
    return _with_components(small, whole)


def trim_events(whole: dict[str, Any]) -> dict[str, Any]:
    """The schemas of the kept events' payloads, by event, with all they refer to."""
    posts = {name: whole["x-webhooks"][name]["post"] for name in EVENTS}
    bodies = {name: each["requestBody"]["content"] for name, each in posts.items()}
    schemas = {name: each["application/json"]["schema"] for name, each in bodies.items()}
    return _with_components({"events": _without_prose(schemas, names=True)}, whole)


def _with_components(small: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    small["components"] = {}
    waiting = list(_references(small))
    while waiting:
        _, _, kind, name = waiting.pop().split("/")
        kept = small["components"].setdefault(kind, {})
        if name not in kept:
            kept[name] = _without_prose(whole["components"][kind][name])
            waiting.extend(_references(kept[name]))
    return {key: _nullable(value) for key, value in small.items()}


def _operations(path: dict[str, Any], kept: str) -> dict[str, Any]:
    return {method: _without_prose(path[method]) for method in kept.split()}


def _without_prose(node: Any, *, names: bool = False) -> Any:
    """The node without prose and extensions; under `properties` the keys are names, and stay."""
    if isinstance(node, list):
        return [_without_prose(each) for each in node]
    if not isinstance(node, dict):
        return node
    small = {
        key: _without_prose(value, names=key in ("properties", "responses", "schemas"))
        for key, value in node.items()
        if names or (key not in LEFT_OUT and not key.startswith("x-"))
    }
    # a response must have a description
    answers = not names and "description" in node and ("content" in node or "headers" in node)
    return {"description": "", **small} if answers or node.keys() == {"description"} else small


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _amend(paths: dict[str, Any]) -> None:
    """Mend what GitHub's description leaves out, though GitHub does it."""
    # "You can also pass an `array` of labels directly" is said in prose only.
    body = paths[f"{REPOSITORY}/issues/{{issue_number}}/labels"]["post"]["requestBody"]
    choices = body["content"]["application/json"]["schema"]["oneOf"]
    choices.append({"type": "array", "minItems": 1, "items": {"type": "string"}})
    # The older address of a commit's statuses, which PyGithub uses, is answered as ever.
    older = paths[f"{REPOSITORY}/statuses/{{sha}}"]
    newer = paths[f"{REPOSITORY}/commits/{{ref}}/statuses"]["get"]
    kept = [each for each in newer["parameters"] if not each["$ref"].endswith("/commit-ref")]
    sha = [each for each in older["post"]["parameters"] if each.get("name") == "sha"]
    older["get"] = {**newer, "operationId": "repos/older-statuses", "parameters": kept + sha}


def _nullable(node: Any) -> Any:
    """Let `nullable` hold beside enum and oneOf too: GitHub does send null there."""
    if isinstance(node, list):
        return [_nullable(each) for each in node]
    if not isinstance(node, dict):
        return node
    mended = {key: _nullable(value) for key, value in node.items()}
    if mended.get("nullable") is True:
        nothing = {"nullable": True, "enum": [None]}
        if "enum" in mended and None not in mended["enum"]:
            mended["enum"] = [*mended["enum"], None]
        for choice in ("oneOf", "anyOf"):
            if choice in mended and nothing not in mended[choice]:
                mended[choice] = [*mended[choice], nothing]
    return mended


def main(source: str, folder: str) -> None:
    whole = json.loads(Path(source).read_text(encoding="utf-8"))
    for name, small in {"github": trim(whole), "events": trim_events(whole)}.items():
        text = json.dumps(small, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
        (Path(folder) / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
