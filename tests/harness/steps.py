"""Steps: scripts, composite actions of the checkout, and stand-ins for everybody else's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.harness.documents import load_action
from tests.harness.expressions import Scope, holds, interpolate
from tests.harness.functions import status_functions
from tests.harness.machine import Machine
from tests.harness.values import HarnessError, StepFailed, Strict, Value
from tests.harness.world import ActionCall, Interruption, StepResult, status_of

Step = Mapping[str, Any]


@dataclass
class Frame:
    """Steps that see each other: a job's, or a composite action's, which sees nothing else."""

    machine: Machine
    contexts: Mapping[str, Value]
    environment: Mapping[str, str]
    action_path: Path | None = None
    seen: dict[str, Value] = field(default_factory=dict)
    failed: bool = False
    cancelled: bool = False
    lost: bool = False
    # Inside of a composite action, what is to come between whichever script then runs.
    cut: Interruption | None = None
    source: tuple[str, str] = ("", "")
    # The repository and the commit of the workflow, if another repository's was called.
    called: tuple[str, str] = ("", "")

    @property
    def status(self) -> str:
        if self.lost:
            return "failure"
        return "cancelled" if self.cancelled else "failure" if self.failed else "success"

    def _job(self) -> dict[str, str]:
        """The file that a job is of, where `github` tells of the one who called it."""
        repository, commit = self.called
        return {
            "status": self.status,
            "workflow_repository": repository or self.machine.world.repository,
            "workflow_sha": commit or self.machine.event.sha,
        }

    def variables(self) -> dict[str, str]:
        return {**self.environment, **self.machine.exported}

    def scope(self, environment: Mapping[str, str] | None = None) -> Scope:
        github = self.machine.github()
        if self.action_path is not None:
            path, (repository, ref) = str(self.action_path), self.source
            github |= {"action_path": path, "action_ref": ref, "action_repository": repository}
        known = {
            "github": Strict("github", github),
            "job": Strict("job", self._job()),
            "runner": Strict("runner", self.machine.runner()),
            "steps": Strict("steps", self.seen),
            "env": self.variables() if environment is None else environment,
        }
        status = status_functions(
            succeeded=not self.failed, failed=self.failed, cancelled=self.cancelled
        )
        return Scope({**self.contexts, **known}, status)


def run_steps(frame: Frame, steps: Sequence[Step]) -> tuple[StepResult, ...]:
    """Run them in order. After a failure, only those run whose `if` asks for it."""
    results = []
    for position, step in enumerate(steps, start=1):
        name = str(step.get("name") or f"step {position}")
        if frame.lost:
            results.append(StepResult(name, "skipped", "skipped"))
            continue
        cut = _cut(frame, name)
        result = _run_step(frame, step, name=name, cut=cut)
        frame.failed = frame.failed or result.conclusion == "failure"
        if "id" in step:
            frame.seen[step["id"]] = _seen(step["id"], result)
        results.append(result)
        if cut is not None:
            _come_between(frame, cut, result)
    return tuple(results)


def _cut(frame: Frame, name: str) -> Interruption | None:
    if frame.action_path is not None:
        return frame.cut
    cut = frame.machine.world.interruption
    return cut if cut and (cut.job, cut.step) == (frame.machine.job, name) else None


def _come_between(frame: Frame, cut: Interruption, result: StepResult) -> None:
    """Let a job be cancelled, or lose its runner, where the story wants it."""
    if result.outcome == "cancelled" or (cut.once is None and result.outcome != "skipped"):
        frame.cancelled, frame.lost, frame.cut = not cut.lost, cut.lost, None
    elif frame.action_path is None:
        raise HarnessError(f"{result.name} ended before it came to where it is to be stopped")


def _seen(identifier: str, result: StepResult) -> Strict:
    known = {
        "outputs": dict(result.outputs),
        "outcome": result.outcome,
        "conclusion": result.conclusion,
    }
    return Strict(f"steps.{identifier}", known)


def _run_step(frame: Frame, step: Step, *, name: str, cut: Interruption | None) -> StepResult:
    if not holds(step.get("if"), frame.scope()):
        return StepResult(name, "skipped", "skipped")
    own = {key: interpolate(value, frame.scope()) for key, value in step.get("env", {}).items()}
    environment = frame.variables() | own
    scope = frame.scope(environment)
    if "run" in step:
        result = _run_script(frame, step, scope, environment, name, cut)
    elif (folder := _action_folder(frame, str(step["uses"]))) is not None:
        result = _run_composite(frame, step, scope, environment, name, folder, cut)
    else:
        result = _run_stand_in(frame, step, scope, name)
    if result.outcome == "failure" and _forgiven(step, scope):
        return replace(result, conclusion="success")
    return result


def _action_folder(frame: Frame, uses: str) -> Path | None:
    """Where a composite action lies: in the checkout, or in a repository that the world holds."""
    if uses.startswith("./"):
        return (frame.machine.workspace / uses).resolve()
    return frame.machine.world.actions.get(uses.partition("@")[0])


def _forgiven(step: Step, scope: Scope) -> bool:
    return interpolate(step.get("continue-on-error", False), scope) == "true"


def _run_script(
    frame: Frame,
    step: Step,
    scope: Scope,
    environment: Mapping[str, str],
    name: str,
    cut: Interruption | None,
) -> StepResult:
    if frame.action_path is not None:
        if "shell" not in step:
            raise HarnessError(f"{name}: a composite action must name its shell")
        environment = {**environment, "GITHUB_ACTION_PATH": str(frame.action_path)}
    done = frame.machine.run(
        interpolate(step["run"], scope),
        shell=step.get("shell"),
        environment=environment,
        directory=interpolate(step.get("working-directory", "."), scope),
        cut=cut,
    )
    outcome = "cancelled" if done.stopped else "failure" if done.status else "success"
    return StepResult(
        name, outcome, outcome, done.outputs, done.log, done.summary, status=done.status
    )


def _run_composite(
    frame: Frame,
    step: Step,
    scope: Scope,
    environment: Mapping[str, str],
    name: str,
    folder: Path,
    cut: Interruption | None,
) -> StepResult:
    action = load_action(folder)
    inner = Frame(frame.machine, {}, environment, action_path=folder)
    inner.source = _source(str(step["uses"]))
    inner.cut = cut if cut and cut.once else None
    inputs = _inputs(action, _given(step, scope), inner.scope(), name)
    inner.contexts = {"inputs": Strict("inputs", inputs)}
    results = run_steps(inner, action["runs"]["steps"])
    outputs = {
        key: interpolate(output["value"], inner.scope())
        for key, output in action.get("outputs", {}).items()
    }
    stopped = inner.cancelled or inner.lost
    outcome = "cancelled" if stopped else "failure" if inner.failed else "success"
    log = "".join(result.log for result in results)
    summary = "".join(result.summary for result in results)
    return StepResult(
        name, outcome, outcome, outputs, log, summary, results, status=status_of(results)
    )


def _source(uses: str) -> tuple[str, str]:
    """The repository and the ref that an action comes from. One of the checkout itself comes from
    none, as far as GitHub tells."""
    name, _, ref = uses.partition("@")
    return ("", "") if uses.startswith("./") else ("/".join(name.split("/")[:2]), ref)


def _given(step: Step, scope: Scope) -> dict[str, str]:
    return {key: interpolate(value, scope) for key, value in step.get("with", {}).items()}


def _inputs(
    action: Mapping[str, Any], given: Mapping[str, str], scope: Scope, name: str
) -> dict[str, str]:
    declared = action.get("inputs", {})
    if unknown := set(given) - set(declared):
        raise HarnessError(f"{name}: no such input: {', '.join(sorted(unknown))}")
    for key, input_ in declared.items():
        if input_.get("required") and not given.get(key):
            raise HarnessError(f"{name}: the input {key} is required")
    defaults = {key: interpolate(each.get("default"), scope) for key, each in declared.items()}
    return {**defaults, **given}


def _run_stand_in(frame: Frame, step: Step, scope: Scope, name: str) -> StepResult:
    action, _, ref = str(step["uses"]).partition("@")
    machine = frame.machine
    if action not in machine.world.stand_ins:
        raise HarnessError(f"{name}: nothing stands in for {action}")
    call = ActionCall(
        name=action,
        ref=ref,
        inputs=_given(step, scope),
        workspace=machine.workspace,
        temporary=machine.temporary,
        event=machine.event,
        run_id=machine.world.run_id,
        token=machine.token,
    )
    try:
        outputs = machine.world.stand_ins[action](call)
    except StepFailed as failure:
        return StepResult(name, "failure", "failure", log=f"{failure}\n", status=1)
    return StepResult(name, "success", "success", outputs)
