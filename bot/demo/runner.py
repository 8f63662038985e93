"""A runner on this machine: one job of a workflow, in a checkout of its own.

It sets what GitHub Actions sets and starts `python -m bot github`, as action.yml does.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.demo.hub import Event, Hub

_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
_JOB_SECONDS = 120


@dataclass(frozen=True)
class JobResult:
    """How a job ended: its exit code, its log (both streams), its summary and its outputs."""

    code: int
    log: str
    summary: str
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DemoJob:
    """A job under way in a folder of its own."""

    process: "subprocess.Popen[bytes]"
    place: Path

    def result(self) -> JobResult:
        """Waits for its end."""
        with self.process:
            try:
                said, _ = self.process.communicate(timeout=_JOB_SECONDS)
            except BaseException:
                self.process.kill()
                raise
        return JobResult(
            code=self.process.returncode,
            log=said.decode("utf-8", "replace"),
            summary=(self.place / "summary.md").read_text("utf-8"),
            outputs=_outputs((self.place / "outputs").read_text("utf-8")),
        )


@dataclass
class DemoRunner:
    """Runs jobs for one repository of a hub; every job gets a fresh checkout below `root`."""

    hub: Hub
    repository: str
    root: Path
    jobs: int = 0

    @property
    def checkout(self) -> Path:
        """Where the last job worked."""
        return self.root / f"job-{self.jobs}" / "checkout"

    def run(
        self,
        event: Event,
        *,
        permissions: Mapping[str, str],
        secrets: Mapping[str, str] | None = None,
        target: str = "",
    ) -> JobResult:
        """Run one job for an event. `secrets` are the environment variables of its environment."""
        started = self.begin(event, permissions=permissions, secrets=secrets, target=target)
        return started.result()

    def begin(
        self,
        event: Event,
        *,
        permissions: Mapping[str, str],
        secrets: Mapping[str, str] | None = None,
        target: str = "",
    ) -> DemoJob:
        """The same, without waiting for its end."""
        self.jobs += 1
        place = self.root / f"job-{self.jobs}"
        checkout = self._check_out(event, place)
        environ = self._environment(event, place) | dict(secrets or {})
        environ["GITHUB_TOKEN"] = self.hub.token(permissions=permissions)
        environ["MIGRATION_BOT_TARGET"] = target
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "github"],
            cwd=checkout,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return DemoJob(process, place)

    def _check_out(self, event: Event, place: Path) -> Path:
        """What the workflows' checkout does with `fetch-depth: 0`: a pull request's own head."""
        pull = event.payload.get("pull_request")
        commit = pull["head"]["sha"] if pull else event.sha
        checkout = place / "checkout"
        origin = self.hub.state.repository(self.repository).git.path
        place.mkdir(parents=True)
        _git("clone", "--quiet", "--no-checkout", str(origin), str(checkout))
        _git("-C", str(checkout), "fetch", "--quiet", "origin", event.ref)
        _git("-C", str(checkout), "checkout", "--quiet", "--detach", commit)
        return checkout

    def _environment(self, event: Event, place: Path) -> dict[str, str]:
        """GitHub's default variables; nothing of this machine's but the path."""
        for name in ("summary.md", "outputs"):
            (place / name).touch()
        (place / "event.json").write_text(json.dumps(event.payload), "utf-8")
        (place / "home").mkdir()
        base = event.payload.get("pull_request", {}).get("base", {}).get("ref", "")
        return clean_environment() | {
            "HOME": str(place / "home"),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.hub.api_url,
            "GITHUB_BASE_REF": base,
            "GITHUB_EVENT_NAME": event.name,
            "GITHUB_EVENT_PATH": str(place / "event.json"),
            "GITHUB_OUTPUT": str(place / "outputs"),
            "GITHUB_REF": event.ref,
            "GITHUB_REPOSITORY": self.repository,
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_RUN_ID": str(1000 + self.jobs),
            "GITHUB_RUN_NUMBER": str(self.jobs),
            "GITHUB_SERVER_URL": self.hub.site_url,
            "GITHUB_SHA": event.sha,
            "GITHUB_STEP_SUMMARY": str(place / "summary.md"),
            # What action.yml keeps from one run to the next.
            "MIGRATION_BOT_CACHE": str(self.root / "cache"),
        }


def clean_environment() -> dict[str, str]:
    """What a process of the bot needs of this machine, and nothing else of it."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(_PACKAGE_ROOT),
        "PYTHONSAFEPATH": "1",
        "PYTHONUTF8": "1",
    }


def _git(*arguments: str) -> None:
    """git without this machine's configuration, so that the demo is the same everywhere."""
    environ = {
        "PATH": os.environ.get("PATH", os.defpath),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }
    subprocess.run(["git", *arguments], env=environ, check=True, capture_output=True)  # noqa: S603, S607


def _outputs(text: str) -> dict[str, str]:
    """Reads the `name<<delimiter` form that the bot writes."""
    outputs: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, _, delimiter = line.partition("<<")
        value: list[str] = []
        for each in lines:
            if each == delimiter:
                break
            value.append(each)
        outputs[name] = "\n".join(value)
    return outputs
