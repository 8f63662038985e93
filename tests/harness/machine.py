"""The runner a job has to itself: its folders, its default variables, and its shell."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.harness.contexts import github_context, runner_context
from tests.harness.runner_files import environment_of, make_files, pairs, summary_of
from tests.harness.values import HarnessError
from tests.harness.world import Event, World

SHELLS = {
    None: ("bash", "-e"),
    "bash": ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail"),
}


@dataclass(frozen=True)
class Finished:
    """What a shell left behind; `status` is its exit status.

    The log is unmasked: a secret in it must be seen by a test.
    """

    status: int
    log: str
    outputs: Mapping[str, str]
    summary: str


@dataclass
class Machine:
    """A clean machine: of the host's environment, steps see nothing but the search path."""

    world: World
    event: Event
    job: str
    workflow: str
    token: str
    timeout: float
    exported: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    steps_run: int = 0

    def __post_init__(self) -> None:
        self.folder = self.world.folder / f"{self.world.run_id}.{self.world.run_attempt}-{self.job}"
        self.workspace = self.folder / "workspace"
        self.temporary = self.folder / "temp"
        for folder in (self.workspace, self.temporary, self.folder / "home"):
            folder.mkdir(parents=True)
        self.event_path = self.folder / "event.json"
        self.event_path.write_text(json.dumps(self.event.payload), encoding="utf-8")
        self.world.before_job(self.temporary)

    def run(
        self, script: str, *, shell: str | None, environment: Mapping[str, str], directory: str
    ) -> Finished:
        """Run a script as GitHub does, and read what it wrote for its runner."""
        if shell not in SHELLS:
            raise HarnessError(f"the harness has no shell {shell}")
        self.steps_run += 1
        folder = self.folder / "files" / str(self.steps_run)
        files = make_files(folder)
        (folder / "script.sh").write_text(script, encoding="utf-8")
        done = subprocess.run(
            [*SHELLS[shell], str(folder / "script.sh")],
            cwd=self.workspace / directory,
            env=self._variables(environment) | files,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=self.timeout,
            check=False,
        )
        log = done.stdout.decode("utf-8", errors="replace")
        return self._read(files, status=done.returncode, log=log)

    def _read(self, files: Mapping[str, str], *, status: int, log: str) -> Finished:
        self.exported.update(environment_of(files["GITHUB_ENV"]))
        self.paths[:0] = Path(files["GITHUB_PATH"]).read_text(encoding="utf-8").splitlines()
        outputs = pairs(files["GITHUB_OUTPUT"])
        return Finished(status, log, outputs, summary_of(files["GITHUB_STEP_SUMMARY"]))

    def github(self) -> dict[str, Any]:
        own = {
            "event_path": str(self.event_path),
            "job": self.job,
            "token": self.token,
            "workspace": str(self.workspace),
        }
        return github_context(self.world, self.event, self.workflow) | own

    def runner(self) -> dict[str, str]:
        return runner_context(self.temporary)

    def _variables(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Of GitHub's own variables, a step can change none but its PATH and HOME."""
        hidden = ("event", "token")
        github = {
            f"GITHUB_{name.upper()}": value
            for name, value in self.github().items()
            if name not in hidden
        }
        runner = {f"RUNNER_{name.upper()}": value for name, value in self.runner().items()}
        search_path = os.pathsep.join([*self.paths, self.world.search_path])
        changeable = {"HOME": str(self.folder / "home"), "LANG": "C.UTF-8", "PATH": search_path}
        fixed = {"CI": "true", "GITHUB_ACTIONS": "true"} | github | runner
        return changeable | dict(environment) | fixed
