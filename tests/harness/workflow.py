"""A workflow run: which jobs an event starts, in what order, with what token and secrets."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

from tests.harness.calling import (
    Call,
    called_outputs,
    called_path,
    declaration,
    given_inputs,
    passed_secrets,
    source_of,
    together,
)
from tests.harness.contexts import from_fork, github_context, permissions_of
from tests.harness.documents import load_workflow, only
from tests.harness.expressions import Scope, evaluated, holds, interpolate
from tests.harness.functions import status_functions
from tests.harness.machine import Machine
from tests.harness.steps import Frame, run_steps
from tests.harness.triggers import dispatch_inputs, waits_for
from tests.harness.values import HarnessError, Strict, Value
from tests.harness.world import Environment, Event, JobResult, Request, Run, World

CONCURRENCY = frozenset({"group", "cancel-in-progress", "queue"})
ENVIRONMENT = frozenset({"name", "deployment"})
MOST_JOBS = 256
STRATEGY = frozenset({"fail-fast", "max-parallel", "matrix"})
# What a job's own expressions have seen, and its steps' may see too.
KEPT = ("inputs", "needs", "matrix")
DEFAULT_MINUTES = 360
Job = Mapping[str, Any]


def run_workflow(path: Path, event: Event, world: World) -> Run:
    """Do what GitHub would do with this workflow when this happens.

    Jobs run one after the other. Concurrency groups are worked out and reported; they keep nothing
    waiting, because there is one run at a time.
    """
    workflow = load_workflow(path)
    if not waits_for(workflow["on"], event):
        return Run(triggered=False)
    return _WorkflowRun(workflow, event, world, path.parent).run()


class _WorkflowRun:
    """The jobs that are done, and what the others may know of them.

    With a `call`, it is the part of a run that another workflow's job handed on.
    """

    def __init__(
        self,
        workflow: Mapping[str, Any],
        event: Event,
        world: World,
        folder: Path,
        call: Call | None = None,
    ) -> None:
        self._workflow = workflow
        self._event = event
        self._world = world
        self._folder = folder
        self._call = call
        self._name = call.workflow if call else str(workflow.get("name", ""))
        self._fork = from_fork(world, event)
        self._inputs = call.inputs if call else dispatch_inputs(workflow["on"], event)
        self._secrets = call.secrets if call else {} if self._fork else dict(world.secrets)
        self._cancelled = False
        self._results: dict[str, JobResult] = {}

    def run(self) -> Run:
        waiting = dict(self._workflow["jobs"])
        while waiting:
            done = set(self._results)
            ready = [name for name, job in waiting.items() if set(_needs(job)) <= done]
            if not ready:
                raise HarnessError(f"these jobs need each other, or no job: {sorted(waiting)}")
            for name in ready:
                self._results[name] = self._run_job(name, waiting.pop(name))
        group = _group(self._workflow, self._scope([]))
        return Run(triggered=True, jobs=self._results, concurrency=group)

    def _run_job(self, name: str, job: Job) -> JobResult:
        scope = self._scope(_needs(job))
        if not holds(job.get("if"), scope):
            return JobResult(name, "cancelled" if self._cancelled else "skipped")
        if "strategy" not in job:
            return self._run_leg(name, job, scope)
        legs = [
            self._run_leg(f"{name}-{number}", job, _with(scope, each))
            for number, each in enumerate(matrix_of(job, scope), 1)
        ]
        return together(name, legs)

    def _run_leg(self, name: str, job: Job, scope: Scope) -> JobResult:
        group = _group(job, scope)
        if "uses" in job:
            return replace(self._hand_on(name, job, scope), concurrency=group)
        environment, known = self._environment(job, scope)
        request = Request(name, environment, self._event)
        if environment and not known.protection(request):
            reason = f"the environment {environment} did not let it in"
            return JobResult(name, "failure", concurrency=group, reason=reason)
        return replace(self._carry_out(name, job, scope, known), concurrency=group)

    def _hand_on(self, name: str, job: Job, scope: Scope) -> JobResult:
        """Run the jobs of the workflow that a job calls, within what the job may do itself."""
        path = called_path(str(job["uses"]), self._folder, self._world.workflows)
        workflow = load_workflow(path)
        declared = declaration(workflow, path.name)
        allowed = permissions_of(self._workflow, job, fork=False, allowed=self._allowed)
        own = replace(scope, contexts={**scope.contexts, "secrets": self._secrets})
        call = Call(
            f"{self._call.prefix if self._call else ''}{name}-",
            self._name,
            given_inputs(declared, job, own),
            passed_secrets(declared, job, own, self._secrets),
            allowed,
            source_of(str(job["uses"])),
        )
        inner = _WorkflowRun(workflow, self._event, self._world, path.parent, call)
        run = inner.run()
        self._cancelled = self._cancelled or inner._cancelled
        legs = [replace(each, name=key) for key, each in run.jobs.items()]
        outputs = called_outputs(declared, run.jobs, inner._scope([]))
        return replace(together(name, legs), outputs=outputs)

    @property
    def _allowed(self) -> Mapping[str, str] | None:
        return self._call.permissions if self._call else None

    def _carry_out(self, name: str, job: Job, scope: Scope, known: Environment) -> JobResult:
        permissions = permissions_of(self._workflow, job, fork=self._fork, allowed=self._allowed)
        token = self._world.token(permissions)
        minutes = float(job.get("timeout-minutes", DEFAULT_MINUTES))
        place = f"{self._call.prefix}{name}" if self._call else name
        machine = Machine(self._world, self._event, place, self._name, token, minutes * 60)
        kept = {} if self._fork else {**self._secrets, **known.secrets}
        contexts = {
            **{key: scope.contexts[key] for key in KEPT if key in scope.contexts},
            "secrets": {**kept, "GITHUB_TOKEN": token},
            "vars": {**self._world.variables, **known.variables},
        }
        frame = Frame(machine, contexts, {}, called=self._call.source if self._call else ("", ""))
        frame.environment = _environment_variables(self._workflow, job, frame.scope())
        steps = run_steps(frame, job["steps"])
        outputs = {
            key: interpolate(value, frame.scope()) for key, value in job.get("outputs", {}).items()
        }
        self._cancelled = self._cancelled or frame.cancelled
        return JobResult(name, frame.status, steps, outputs)

    def _environment(self, job: Job, scope: Scope) -> tuple[str, Environment]:
        """Its name, empty for none. One that is not set up has neither secret nor rule."""
        declared = job.get("environment", "")
        if isinstance(declared, Mapping):
            only(ENVIRONMENT, declared, "environment")
            declared = declared["name"]
        name = interpolate(declared, scope)
        return name, self._world.environments.get(name, Environment())

    def _scope(self, needs: list[str]) -> Scope:
        results = {self._results[name].result for name in self._ancestors(needs)}
        contexts: dict[str, Value] = {
            "github": Strict("github", github_context(self._world, self._event, self._name)),
            "inputs": Strict("inputs", self._inputs),
            "needs": Strict("needs", {name: _needed(self._results[name]) for name in needs}),
            "vars": dict(self._world.variables),
        }
        status = status_functions(
            succeeded=results <= {"success"},
            failed="failure" in results,
            cancelled=self._cancelled,
        )
        return Scope(contexts, status)

    def _ancestors(self, needs: list[str]) -> set[str]:
        further = [self._ancestors(_needs(self._workflow["jobs"][name])) for name in needs]
        return set(needs).union(*further)


def matrix_of(job: Job, scope: Scope) -> list[dict[str, Value]]:
    """The jobs that a matrix makes: every combination of its lists, the last one turning first.

    They run one after the other, whatever `max-parallel` says, and all of them: only `fail-fast:
    false` is known here.
    """
    strategy = job["strategy"]
    only(STRATEGY, strategy, "strategy")
    if strategy.get("fail-fast") is not False:
        raise HarnessError("strategy: the harness goes on after a failure, as fail-fast: false")
    lists = {key: _listed(value, scope) for key, value in strategy["matrix"].items()}
    if (count := prod(map(len, lists.values()))) > MOST_JOBS or count == 0:
        raise HarnessError(f"a matrix makes 1 to {MOST_JOBS} jobs, and this one {count}")
    return [dict(zip(lists, each, strict=True)) for each in product(*lists.values())]


def _listed(value: Any, scope: Scope) -> list[Value]:
    found = evaluated(value, scope) if isinstance(value, str) else value
    if not isinstance(found, list):
        raise HarnessError(f"a matrix has lists, and this is none: {value}")
    return found


def _with(scope: Scope, leg: Mapping[str, Value]) -> Scope:
    return replace(scope, contexts={**scope.contexts, "matrix": Strict("matrix", leg)})


def _needs(job: Job) -> list[str]:
    needs = job.get("needs", [])
    return [needs] if isinstance(needs, str) else list(needs)


def _needed(result: JobResult) -> Strict:
    known = {"result": result.result, "outputs": dict(result.outputs)}
    return Strict(f"needs.{result.name}", known)


def _group(owner: Mapping[str, Any], scope: Scope) -> str | None:
    declared = owner.get("concurrency")
    if declared is None:
        return None
    if isinstance(declared, str):
        return interpolate(declared, scope)
    only(CONCURRENCY, declared, "concurrency")
    return interpolate(declared["group"], scope)


def _environment_variables(workflow: Mapping[str, Any], job: Job, scope: Scope) -> dict[str, str]:
    declared = {**workflow.get("env", {}), **job.get("env", {})}
    return {key: interpolate(value, scope) for key, value in declared.items()}
