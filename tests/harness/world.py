"""What the harness is given (an event, a world to run in), and what it gives back."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Event:
    """What happened. `changed` are the paths a push changed; `inputs` those of a dispatch."""

    name: str
    payload: Mapping[str, Any]
    sha: str
    ref: str = "refs/heads/main"
    changed: tuple[str, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    head_ref: str = ""
    base_ref: str = ""
    actor: str = "octocat"


@dataclass(frozen=True)
class ActionCall:
    """One use of an action of somebody else's: `actions/checkout` at `ref`, with `inputs`. `token`
    is the job's, which many of them take unless they are given another."""

    name: str
    ref: str
    inputs: Mapping[str, str]
    workspace: Path
    temporary: Path
    event: Event
    run_id: int = 0
    token: str = ""


StandIn = Callable[[ActionCall], Mapping[str, str]]


@dataclass(frozen=True)
class Request:
    """A job that wants to enter a protected environment."""

    job: str
    environment: str
    event: Event


@dataclass(frozen=True)
class Environment:
    """A GitHub environment. `protection` says whether the job may enter, as reviewers would."""

    secrets: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    protection: Callable[[Request], bool] = lambda request: True


@dataclass(frozen=True)
class Interruption:
    """What comes between: somebody cancels the run, or its runner is lost, during a step of a job.

    In the middle of the step, as soon as `once` is true; without it, right after the step. A
    cancelled script is asked to stop twice, and killed at last, after waiting for `patience`; that
    is GitHub's, if a story has the time. Where a runner is lost, nothing more is done at all.
    """

    job: str
    step: str
    lost: bool = False
    once: Callable[[], bool] | None = None
    patience: tuple[float, float] = (7.5, 2.5)


@dataclass(frozen=True)
class World:
    """Everything around a run. `token` makes one for a job's permissions.

    `workflows` and `actions` are those of other repositories, by their names without `@ref`: a
    reusable workflow's file, and the folder of a composite action.

    `before_job` is given the runner's temporary folder, to lay into it what a runner's image or an
    earlier step would have left there. `variables` reach the steps' environment only through the
    `vars` context, and `search_path` is the PATH that steps start with.
    """

    folder: Path
    stand_ins: Mapping[str, StandIn]
    token: Callable[[Mapping[str, str]], str]
    repository: str = "octo/platform"
    api_url: str = "https://api.github.com"
    server_url: str = "https://github.com"
    secrets: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    environments: Mapping[str, Environment] = field(default_factory=dict)
    run_id: int = 1
    run_number: int = 1
    run_attempt: int = 1
    search_path: str = "/usr/local/bin:/usr/bin:/bin"
    workflows: Mapping[str, Path] = field(default_factory=dict)
    actions: Mapping[str, Path] = field(default_factory=dict)
    interruption: Interruption | None = None
    before_job: Callable[[Path], None] = lambda temporary: None


@dataclass(frozen=True)
class StepResult:
    """`outcome` is before `continue-on-error`, `conclusion` after it: success, failure, skipped,
    cancelled.

    `status` is the script's exit status; of a composite action, that of the step that failed.
    """

    name: str
    outcome: str
    conclusion: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    log: str = ""
    summary: str = ""
    inner: tuple["StepResult", ...] = ()
    status: int = 0


def status_of(steps: Iterable[StepResult]) -> int:
    """The exit status of the first step that failed; 0 if none did."""
    return next((step.status for step in steps if step.conclusion == "failure"), 0)


@dataclass(frozen=True)
class JobResult:
    """`legs` are what a matrix or a called workflow made of it, whose steps are its own."""

    name: str
    result: str
    steps: tuple[StepResult, ...] = ()
    outputs: Mapping[str, str] = field(default_factory=dict)
    concurrency: str | None = None
    reason: str = ""
    legs: tuple["JobResult", ...] = ()

    @property
    def status(self) -> int:
        return status_of(self.steps)

    @property
    def log(self) -> str:
        return "".join(step.log for step in self.steps)

    @property
    def summary(self) -> str:
        return "".join(step.summary for step in self.steps)


@dataclass(frozen=True)
class Run:
    """`triggered` is False when the event asks nothing of the workflow; then there are no jobs."""

    triggered: bool
    jobs: Mapping[str, JobResult] = field(default_factory=dict)
    concurrency: str | None = None

    @property
    def conclusion(self) -> str:
        results = {job.result for job in self.jobs.values()}
        for worst in ("cancelled", "failure"):
            if worst in results:
                return worst
        return "success" if "success" in results else "skipped"
