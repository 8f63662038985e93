"""The runner a job has to itself: its folders, its default variables, and its shell."""

import json
import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.harness.contexts import github_context, runner_context
from tests.harness.runner_files import environment_of, make_files, pairs, summary_of
from tests.harness.stopping import interrupted
from tests.harness.values import HarnessError
from tests.harness.world import Event, Interruption, World

SHELLS = {
    None: ("bash", "-e"),
    "bash": ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail"),
}


@dataclass(frozen=True)
class Finished:
    """What a shell left behind; `status` is its exit status. It may have been stopped from outside.

    The log is unmasked: a secret in it must be seen by a test.
    """

    status: int
    log: str
    outputs: Mapping[str, str]
    summary: str
    stopped: bool


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
        self,
        script: str,
        *,
        shell: str | None,
        environment: Mapping[str, str],
        directory: str,
        cut: Interruption | None = None,
    ) -> Finished:
        """Run a script as GitHub does, and read what it wrote for its runner."""
        if shell not in SHELLS:
            raise HarnessError(f"the harness has no shell {shell}")
        self.steps_run += 1
        folder = self.folder / "files" / str(self.steps_run)
        files = make_files(folder)
        (folder / "script.sh").write_text(script, encoding="utf-8")
        command = [*SHELLS[shell], str(folder / "script.sh")]
        place, variables = self.workspace / directory, self._variables(environment) | files
        log = folder / "log"
        with log.open("wb") as written:
            process = subprocess.Popen(
                command,
                cwd=place,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            stopped = self._wait(process, cut)
        text = log.read_bytes().decode("utf-8", errors="replace")
        return self._read(files, status=process.returncode, log=text, stopped=stopped)

    def _wait(self, process: subprocess.Popen[bytes], cut: Interruption | None) -> bool:
        """Wait for its end; whether it was the interruption that brought it."""
        if cut is None or cut.once is None:
            try:
                process.wait(self.timeout)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise
            return False
        return interrupted(process, cut, self.timeout)

    def _read(self, files: Mapping[str, str], *, status: int, log: str, stopped: bool) -> Finished:
        self.exported.update(environment_of(files["GITHUB_ENV"]))
        self.paths[:0] = Path(files["GITHUB_PATH"]).read_text(encoding="utf-8").splitlines()
        outputs = pairs(files["GITHUB_OUTPUT"])
        summary = summary_of(files["GITHUB_STEP_SUMMARY"])
        return Finished(status, log, outputs, summary, stopped)

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
