"""A repository with our action in it, a bot that notes how it was called, and a world to run in."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.harness import Environment, Event, Run, World, checkout_from, never, nothing
from tests.harness.shipping import preinstalled, ship
from tests.harness.stand_ins import git
from tests.workflows.files import ROOT

BOT = """
import json, os, sys
state = {"argv": sys.argv[1:], "cwd": os.getcwd(), "path": sys.path, "environ": dict(os.environ)}
print("called", json.dumps(state))
with open(os.environ["GITHUB_OUTPUT"], "a") as outputs:
    outputs.write("verdict=pass\\ndigest=sha256:0\\nstate=success\\nfindings=0\\n")
    if os.path.exists("fleet") and not os.environ["MIGRATION_BOT_SHARD"]:
        outputs.write('shards=["1/2", "2/2"]\\n')
with open(os.environ["GITHUB_STEP_SUMMARY"], "a") as summary:
    summary.write("judged by the default branch\\n")
sys.exit(3 if os.environ["MIGRATION_BOT_TARGET"] == os.environ.get("CLOSED", "production") else 0)
"""
HOSTILE = "raise SystemExit('code of the pull request was run')\n"
WORKFLOWS = ROOT / ".github" / "workflows"


@dataclass(frozen=True)
class Repository:
    """A repository with this action in it, and a branch that tries to be run."""

    folder: Path
    main: str
    topic: str


def make_repository(folder: Path) -> Repository:
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "main")
    ship(folder)
    write(folder, "bot/__main__.py", BOT)
    write(folder, "prisma/migrations/20240101000000_a/migration.sql", "SELECT 1;\n")
    main = commit(folder, "Start")
    git(folder, "checkout", "--quiet", "-b", "topic")
    for name in "bot/__main__", "bot/__init__", "venv", "pip", "json", "sitecustomize":
        write(folder, f"{name}.py", HOSTILE)
    write(folder, "action.yml", "name: hostile")
    return Repository(folder, main, commit(folder, "Try to be run"))


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def commit(folder: Path, message: str) -> str:
    git(folder, "add", "--all")
    author = ["-c", "user.name=Octocat", "-c", "user.email=octocat@example.com"]
    git(folder, *author, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def make_world(tmp_path: Path, repository: Repository) -> World:
    def environment(name: str, url: str) -> Environment:
        return Environment(secrets={f"{name}_DATABASE_URL": url, "UNNAMED": "canary"})

    return World(
        folder=tmp_path / "runs",
        stand_ins={
            "actions/checkout": checkout_from(repository.folder),
            "actions/setup-python": never,
            "actions/cache": nothing,
            "actions/cache/restore": nothing,
            "actions/cache/save": nothing,
        },
        token=json.dumps,
        api_url="http://127.0.0.1:9",
        environments={
            "staging": environment("STAGING", "postgresql://staging"),
            "production": environment("PRODUCTION", "postgresql://production"),
        },
        search_path=f"{Path(sys.base_prefix) / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        before_job=preinstalled(ROOT / "requirements.txt"),
    )


def opened(repository: Repository) -> Event:
    pull = {
        "number": 7,
        "head": {"sha": repository.topic, "repo": {"full_name": "octo/platform"}},
        "base": {"sha": repository.main, "ref": "main"},
    }
    payload = {
        "action": "opened",
        "pull_request": pull,
        "repository": {"default_branch": "main", "full_name": "octo/platform"},
    }
    return Event(
        "pull_request", payload, repository.topic, ref="refs/pull/7/merge", base_ref="main"
    )


def merged(repository: Repository) -> Event:
    changed = ("prisma/migrations/20240101000000_a/migration.sql",)
    return Event("push", {"after": repository.main}, repository.main, changed=changed)


def call_of(run: Run, job: str) -> Mapping[str, Any]:
    line = next(line for line in run.jobs[job].log.splitlines() if line.startswith("called "))
    call: Mapping[str, Any] = json.loads(line.removeprefix("called "))
    return call
