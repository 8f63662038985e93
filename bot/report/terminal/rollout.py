"""`plan`, `apply` and `backup` in a terminal."""

from collections.abc import Iterator, Sequence

from bot.core.drift.drift import Drift
from bot.core.gates.gate import Gate
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.progress import BackupSummary, Progress, State
from bot.core.rollouts.status import Details
from bot.report import words
from bot.report.escape import one_line
from bot.report.rollback_words import rollback_ahead
from bot.report.terminal.gates import gate_lines
from bot.report.terminal.lines import Line, drawn, line
from bot.report.terminal.status import disagreement_lines, halt_lines
from bot.report.verified_words import check_sentences, drift_lines, drift_sentence

_OUTCOMES = {
    State.WAITING: ("has nothing to tell yet", "bold"),
    State.CLOSED: ("is on hold; nothing was touched", "bold yellow"),
    State.APPLYING: ("is being migrated", "bold"),
    State.APPLIED: ("is up to date", "bold green"),
    State.FAILED: ("failed", "bold red"),
    State.ROLLED_BACK: ("is rolled back", "bold green"),
}


def plan_text(
    plan: Plan,
    gates: Sequence[Gate] = (),
    *,
    width: int = 80,
    colour: bool = False,
    with_sql: bool = True,
    details: Details | None = None,
) -> str:
    """What a rollout would do to a target: pending, disagreements, gates, digest."""
    lines = _plan(plan, gates, details or Details(), with_sql=with_sql)
    return drawn(lines, width=width, colour=colour)


def outcome_text(progress: Progress, *, width: int = 80, colour: bool = False) -> str:
    """How a rollout ended."""
    return drawn(_outcome(progress), width=width, colour=colour)


def gates_text(gates: Sequence[Gate], *, width: int = 80) -> str:
    """What stood in the way of a rollout, and what did not. No colour."""
    return drawn(gate_lines(gates), width=width, colour=False)


def backup_text(backup: BackupSummary, *, width: int = 80, colour: bool = False) -> str:
    """What was backed up, and how it was proved."""
    return drawn(_backup(backup), width=width, colour=colour)


def _plan(plan: Plan, gates: Sequence[Gate], details: Details, *, with_sql: bool) -> Iterator[Line]:
    if not plan.pending:
        yield line(f"{plan.target}: nothing is pending.", "bold green" if plan.agrees else "bold")
    else:
        pending = words.count(len(plan.pending), "migration")
        yield line(f"{plan.target}: {pending} to apply.", "bold")
        for each in plan.pending:
            yield line(each.name, indent=2)
            if found := details.classes.get(each.name):
                said = rollback_ahead(found, written=bool(each.down))
                yield line(said, "dim", indent=4)
    yield from halt_lines(plan, details)
    yield from disagreement_lines(plan, details)
    yield from gate_lines(gates)
    if plan.pending:
        yield Line(((f"Plan digest {plan.digest}", "dim"),), wrapped=False)
    for each in plan.pending if with_sql else ():
        yield line()
        yield line(f"-- {each.path}", "bold")
        for text in each.sql.rstrip("\n").split("\n"):
            yield Line(((text.rstrip("\r"), ""),), wrapped=False)


def _outcome(progress: Progress) -> Iterator[Line]:
    words_, style = _OUTCOMES[progress.state]
    took = f" in {words.duration(progress.seconds)}" if progress.seconds is not None else ""
    number = words.count(len(progress.migrations), "migration")
    done = "taken back" if progress.state is State.ROLLED_BACK else "applied"
    yield Line(((f"{progress.target} {words_}", style), (f": {number} {done}{took}.", "")))
    if progress.failed:
        yield line(f"Stopped at {progress.failed}.", indent=2)
    if progress.message:
        yield line(progress.message, indent=2)
    if progress.hint:
        yield line(f"hint: {progress.hint}", indent=2)
    for each in gate_lines(progress.gates):
        yield Line(each.pieces, each.indent + 2)
    if progress.drift:
        yield from _drift(progress.drift)
    if progress.backup:
        yield from _backup(progress.backup)
    yield from (line(each, indent=2) for each in check_sentences(progress.checks))


def _drift(drift: Drift) -> Iterator[Line]:
    yield line(
        drift_sentence(drift), "bold yellow" if drift.found or drift.unknown else "", indent=2
    )
    yield from (line(each, indent=4) for each in drift_lines(drift))


def _backup(backup: BackupSummary) -> Iterator[Line]:
    proof = backup.proof or "not proved"
    yield line(f"backup {backup.id}: {words.size(backup.size)}, {proof}", indent=2)
    at = words.time(backup.snapshot_at)
    yield line(f"It holds everything up to {at}; later writes are not in it.", indent=2)
    if backup.digest:
        how = "encrypted" if backup.encrypted else "not encrypted"
        yield line(f"It is kept in {one_line(backup.location)}, {how}.", indent=2)
        yield Line(((f"Manifest digest {backup.digest}", "dim"),), indent=2, wrapped=False)
