"""`plan`, `status` and `apply` in a terminal."""

from collections.abc import Iterable, Iterator, Sequence

from bot.core.gate import Gate, closed
from bot.core.plan import Plan
from bot.core.progress import BackupSummary, Progress, State
from bot.core.status import TargetStatus
from bot.core.survey import Survey
from bot.report import words
from bot.report.terminal import Grid, Line, drawn, line

_MOST_NAMES = 10
_OUTCOMES = {
    State.WAITING: ("has nothing to tell yet", "bold"),
    State.CLOSED: ("is on hold; nothing was touched", "bold yellow"),
    State.APPLYING: ("is being migrated", "bold"),
    State.APPLIED: ("is up to date", "bold green"),
    State.FAILED: ("failed", "bold red"),
}


def plan_text(
    plan: Plan,
    gates: Sequence[Gate] = (),
    *,
    width: int = 80,
    colour: bool = False,
    with_sql: bool = True,
) -> str:
    """What a rollout would do to a target: pending, disagreements, gates, digest."""
    return drawn(_plan(plan, gates, with_sql=with_sql), width=width, colour=colour)


def status_text(statuses: Sequence[TargetStatus], *, width: int = 80, colour: bool = False) -> str:
    """One table of all targets, and below it what stands in the way of each."""
    return drawn(_status(statuses), width=width, colour=colour)


def progress_text(
    name: str, *, place: int, total: int, seconds: float | None = None, width: int = 80
) -> str:
    """One line of a rollout: a migration begins, or, with `seconds`, is done. No colour."""
    step = f"[{place}/{total}] "
    said = f"applying {name}" if seconds is None else f"applied {name} in {words.duration(seconds)}"
    return drawn([line(f"{step}{said}")], width=width, colour=False)


def outcome_text(progress: Progress, *, width: int = 80, colour: bool = False) -> str:
    """How a rollout ended."""
    return drawn(_outcome(progress), width=width, colour=colour)


def backup_text(backup: BackupSummary, *, width: int = 80, colour: bool = False) -> str:
    """What was backed up, and how it was proved."""
    return drawn(_backup(backup), width=width, colour=colour)


def _plan(plan: Plan, gates: Sequence[Gate], *, with_sql: bool) -> Iterator[Line]:
    if not plan.pending:
        yield line(f"{plan.target}: nothing is pending.", "bold green" if plan.agrees else "bold")
    else:
        pending = words.count(len(plan.pending), "migration")
        yield line(f"{plan.target}: {pending} to apply.", "bold")
        yield from (line(each.name, indent=2) for each in plan.pending)
    yield from _disagreements(plan)
    yield from _gates(gates)
    if plan.pending:
        yield Line(((f"Plan digest {plan.digest}", "dim"),), wrapped=False)
    for each in plan.pending if with_sql else ():
        yield line()
        yield line(f"-- {each.path}", "bold")
        for text in each.sql.rstrip("\n").split("\n"):
            yield Line(((text.rstrip("\r"), ""),), wrapped=False)


def _disagreements(plan: Plan) -> Iterator[Line]:
    said = {
        "were edited after they were applied": plan.modified,
        "are applied there and absent here": plan.missing,
        "were started and never finished": plan.failed,
        "sort before the newest applied one": plan.out_of_order,
    }
    for what, names in said.items():
        if names:
            yield line(f"These {what}:", "bold red")
            yield from (line(name, indent=2) for name in names[:_MOST_NAMES])
            if len(names) > _MOST_NAMES:
                yield line(f"and {len(names) - _MOST_NAMES} more", indent=2)
    if plan.unbaselined:
        yield line(
            "The target has tables and no migrations table; it needs a baseline.", "bold red"
        )


def _gates(gates: Iterable[Gate]) -> Iterator[Line]:
    for gate in gates:
        word, style = ("open", "green") if gate.open else ("closed", "bold yellow")
        yield Line(
            (("gate ", "dim"), (f"{gate.name}: ", ""), (word, style), (f", {gate.reason}", ""))
        )
        if gate.hint and not gate.open:
            yield line(f"hint: {gate.hint}", indent=2)


def _status(statuses: Sequence[TargetStatus]) -> Iterator[Line | Grid]:
    if not statuses:
        yield line("No target is configured.")
        return
    head = ("target", "kind", "applied", "pending", "state")
    yield Grid(head, tuple(_row(each) for each in statuses))
    for each in statuses:
        yield from _details(each)


def _row(status: TargetStatus) -> tuple[str, ...]:
    if status.plan is None:
        state = "not configured" if status.unset else "could not be read"
        return status.target, status.kind.value, "?", "?", state
    applied, pending = len(status.plan.applied), len(status.plan.pending)
    return status.target, status.kind.value, f"{applied:,}", f"{pending:,}", _state(status)


def _state(status: TargetStatus) -> str:
    assert status.plan is not None
    if status.lock_holder:
        return "a rollout is running"
    if not status.plan.agrees:
        return "disagrees with the history"
    if not status.plan.pending:
        return "up to date"
    shut = closed(status.gates)
    return f"on hold: {words.listed(gate.name for gate in shut)}" if shut else "ready"


def _details(status: TargetStatus) -> Iterator[Line]:
    plan = status.plan
    said: list[Line] = []
    if status.fleet:
        said.append(line(fleet_words(status.fleet)))
    if status.problem and not status.unset:
        said += [line(status.problem, "bold red"), line(f"hint: {status.hint}", indent=2)]
    if status.lock_holder:
        said.append(line(f"{status.lock_holder} holds the migration lock"))
    if plan:
        said += [line(f"pending {each.name}") for each in plan.pending[:_MOST_NAMES]]
        more = len(plan.pending) - _MOST_NAMES
        said += [line(f"and {more} more pending")] if more > 0 else []
        said += _disagreements(plan)
    said += _gates(closed(status.gates))
    if said:
        yield line()
        yield line(status.target, "bold")
        yield from (Line(each.pieces, each.indent + 2, each.wrapped) for each in said)


def fleet_words(survey: Survey) -> str:
    """`37 of 40 tenants are up to date, 1 disagrees, 2 did not answer`."""
    said = [f"{survey.current:,} of {words.count(len(survey.looks), 'tenant')} are up to date"]
    if survey.disagreeing:
        said.append(f"{len(survey.disagreeing):,} disagree with the history")
    if survey.unreachable:
        said.append(f"{len(survey.unreachable):,} did not answer")
    return ", ".join(said)


def _outcome(progress: Progress) -> Iterator[Line]:
    words_, style = _OUTCOMES[progress.state]
    took = f" in {words.duration(progress.seconds)}" if progress.seconds is not None else ""
    applied = words.count(len(progress.migrations), "migration")
    yield Line(((f"{progress.target} {words_}", style), (f": {applied} applied{took}.", "")))
    if progress.failed:
        yield line(f"Stopped at {progress.failed}.", indent=2)
    if progress.message:
        yield line(progress.message, indent=2)
    if progress.hint:
        yield line(f"hint: {progress.hint}", indent=2)
    yield from _gates(progress.gates)
    if progress.backup:
        yield from _backup(progress.backup)


def _backup(backup: BackupSummary) -> Iterator[Line]:
    proof = backup.proof or "not proved"
    yield line(f"backup {backup.id}: {words.size(backup.size)}, {proof}", indent=2)
    at = words.time(backup.snapshot_at)
    yield line(f"It holds everything up to {at}; later writes are not in it.", indent=2)
