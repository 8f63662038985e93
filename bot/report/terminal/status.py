"""`status` in a terminal: one row a target, and below it every migration that is not applied."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from bot.core.drift.look import Look
from bot.core.duration import age, duration
from bot.core.gates.gate import closed
from bot.core.rollouts.disagreement import disagreements
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.standing import MigrationState, Standing
from bot.core.rollouts.status import Details, Halt, TargetStatus
from bot.core.rollouts.survey import Survey
from bot.report import words
from bot.report.drift.words import sentence
from bot.report.rollback_words import rollback_ahead
from bot.report.terminal.gates import gate_lines
from bot.report.terminal.lines import Grid, Line, drawn, line

_MOST = 10
# Below the one a table becomes a list, from the other on it has room for what happened last.
_NARROW, _WIDE = 60, 110
STATE_WORDS = {
    MigrationState.APPLIED: "applied",
    MigrationState.MARKED: "marked as applied",
    MigrationState.PENDING: "pending",
    MigrationState.OUT_OF_ORDER: "out of order",
    MigrationState.ROLLED_BACK: "rolled back",
    MigrationState.RUNNING: "running",
    MigrationState.INTERRUPTED: "interrupted",
    MigrationState.ROLLING_BACK: "being rolled back",
    MigrationState.FAILED: "failed",
    MigrationState.EDITED: "edited",
    MigrationState.MISSING: "missing",
    MigrationState.REPLACED: "replaced by a squash",
    MigrationState.ABANDONED: "rolled back and taken out",
}
# They need nothing and nobody: counted, and not listed.
_SETTLED = (
    MigrationState.APPLIED,
    MigrationState.MARKED,
    MigrationState.REPLACED,
    MigrationState.ABANDONED,
)


def status_text(statuses: Sequence[TargetStatus], *, width: int = 80, colour: bool = False) -> str:
    """One table of all targets, and below it what is not settled on each."""
    return drawn(_status(statuses, width), width=width, colour=colour)


def disagreement_lines(plan: Plan, details: Details, *, limit: int = _MOST) -> Iterator[Line]:
    """What keeps a rollout from starting, each with what settles it; a hint that serves several
    stands below the last of them."""
    found = disagreements(plan, details.commits)
    for _, group in groupby(found[:limit], key=lambda each: each.advice):
        same = list(group)
        for each in same:
            # A name is shown as it is written.
            said = each.message if each.names else each.message[:1].upper() + each.message[1:]
            yield line(f"{said}.", "bold red")
        yield line(f"hint: {same[0].hint}", indent=2)
        yield from (Line(((each, ""),), 4, wrapped=False) for each in same[0].commands)
    if len(found) > limit:
        yield line(f"and {len(found) - limit} more")


def halt_lines(plan: Plan, details: Details) -> Iterator[Line]:
    """How far each migration is that was begun and not finished, and what happens next."""
    for name, halt in details.halts.items():
        yield from _halted(name, halt, plan)


def _status(statuses: Sequence[TargetStatus], width: int) -> Iterator[Line | Grid]:
    if not statuses:
        yield line("No target is configured.")
        return
    wide = width >= _WIDE
    if width < _NARROW:
        yield from _listed(statuses)
    else:
        yield _table(statuses, wide=wide)
        if not wide:
            yield from _happened(statuses)
    # What must be looked at comes first.
    for each in sorted(statuses, key=lambda each: not _is_wrong(each)):
        yield from _details(each)


def _table(statuses: Sequence[TargetStatus], *, wide: bool) -> Grid:
    """With what happened last, where that is known of any, and there is room for it."""
    head, rows = (
        ("target", "kind", "applied", "pending", "state"),
        [_row(each) for each in statuses],
    )
    if wide and any(each.rollout or each.backup for each in statuses):
        head = (*head, "last rollout", "last backup")
        rows = [
            (*row, last_rollout_words(each), last_backup_words(each))
            for row, each in zip(rows, statuses, strict=True)
        ]
    return Grid(head, tuple(rows))


def _listed(statuses: Sequence[TargetStatus]) -> Iterator[Line]:
    """A target after the other, where a table would break every cell."""
    for each in statuses:
        _, kind, applied, pending, state = _row(each)
        yield line(f"{each.target} ({kind})", "bold")
        yield line(f"{applied} applied, {pending} pending", indent=2)
        yield line(state, "bold red" if _is_wrong(each) else "", indent=2)
        for happened in _last(each):
            yield line(happened, indent=2)


def _happened(statuses: Sequence[TargetStatus]) -> Iterator[Line]:
    """What happened last, below a table that has no room for it."""
    known = [each for each in statuses if each.rollout or each.backup]
    if known:
        yield line()
    for each in known:
        yield line(f"{each.target}: {'; '.join(_last(each))}")


def _last(status: TargetStatus) -> Iterator[str]:
    if status.rollout is not None:
        yield f"last rollout {last_rollout_words(status)}"
    if status.backup is not None:
        yield f"last backup {last_backup_words(status)}"


def last_rollout_words(status: TargetStatus) -> str:
    """`2 h 4 min ago, applied in 12.0 s by ada`."""
    last = status.rollout
    if last is None:
        return "" if status.plan is None else "none"
    took = f" in {duration(last.seconds)}" if last.seconds is not None else ""
    return f"{_ago(last.at, status)}, {last.state}{took}{f' by {last.by}' if last.by else ''}"


def last_backup_words(status: TargetStatus) -> str:
    """`3 d 2 h ago, proved (restore)`."""
    last = status.backup
    if last is None:
        return "none known" if not status.unset else ""
    proof = f"proved ({last.level})" if last.fine else "proved to differ"
    return f"{_ago(last.at, status)}, {proof}"


def _ago(at: datetime, status: TargetStatus) -> str:
    return words.time(at) if status.now is None else f"{age(status.now - at)} ago"


def _is_wrong(status: TargetStatus) -> bool:
    """Whether somebody has to do something before the next rollout."""
    if status.plan is None:
        return not status.unset
    drifted = status.look is not None and bool(status.look.deviations.told)
    return drifted or not status.plan.agrees or bool(status.plan.interrupted)


def _row(status: TargetStatus) -> tuple[str, ...]:
    if status.plan is None:
        state = "not configured" if status.unset else "could not be read"
        return status.target, status.kind.value, "?", "?", state
    applied, pending = len(status.plan.applied), len(status.plan.pending)
    return status.target, status.kind.value, f"{applied:,}", f"{pending:,}", _state(status)


def _state(status: TargetStatus) -> str:
    plan = status.plan
    assert plan is not None
    if status.lock_holder:
        return "a rollout is running"
    if plan.unbaselined:
        return "needs a baseline"
    if plan.squash is not None:
        return "needs its squash marked"
    if plan.failed:
        return "a migration failed"
    if plan.rolling_back:
        return "rolled back in part"
    if not plan.agrees:
        return "disagrees with the history"
    if plan.interrupted:
        return "interrupted"
    if not plan.pending:
        return "up to date"
    shut = closed(status.gates)
    if shut:
        return f"on hold: {words.listed(gate.name for gate in shut)}"
    return "ready" if plan.applied else "never applied"


def _details(status: TargetStatus) -> Iterator[Line | Grid]:
    said = list(_said(status))
    open_ = _open(status.plan)
    if not said and not open_ and not status.named:
        return
    yield line()
    yield line(status.target, "bold")
    if status.plan is not None and status.plan.standings:
        yield line(f"{_counts(status.plan)}.", indent=2)
    if open_:
        shown = open_ if status.named else open_[:_MOST]
        yield line()
        yield Grid(("migration", "state", "since (UTC)"), tuple(map(_standing, shown)))
        if len(open_) > len(shown):
            yield line(
                f"and {len(open_) - len(shown)} more: `migration-bot status {status.target}`"
            )
        if said:
            yield line()
    yield from (Line(each.pieces, each.indent + 2, each.wrapped) for each in said)


def _open(plan: Plan | None) -> list[Standing]:
    return [each for each in plan.standings if each.state not in _SETTLED] if plan else []


def _counts(plan: Plan) -> str:
    """How many migrations are in each state, in the order in which they are explained."""
    number = Counter(each.state for each in plan.standings)
    found = (f"{number[state]:,} {said}" for state, said in STATE_WORDS.items() if number[state])
    return ", ".join(found)


def _standing(standing: Standing) -> tuple[str, str, str]:
    row = standing.row
    at = row and (row.rolled_back_at or row.finished_at or row.started_at)
    since = words.time(at).removesuffix(" UTC") if at else ""
    return standing.name, STATE_WORDS[standing.state], since


def disagrees(number: int) -> str:
    """What so many tenants do."""
    return f"{'disagrees' if number == 1 else 'disagree'} with the history"


def fleet_words(survey: Survey) -> str:
    """`37 of 40 tenants are up to date, 1 disagrees with the history, 2 did not answer`."""
    said = [f"{survey.current:,} of {words.count(len(survey.looks), 'tenant')} are up to date"]
    if survey.disagreeing:
        number = len(survey.disagreeing)
        said.append(f"{number:,} {disagrees(number)}")
    if survey.unreachable:
        said.append(f"{len(survey.unreachable):,} did not answer")
    return ", ".join(said)


def _said(status: TargetStatus) -> Iterator[Line]:
    if status.fleet is not None:
        yield line(f"{fleet_words(status.fleet)}.")
    if status.problem and not status.unset:
        yield line(status.problem, "bold red")
        yield line(f"hint: {status.hint}", indent=2)
    if status.lock_holder:
        yield line(f"The migration lock is held by {status.lock_holder}.")
    if status.look is not None:
        yield from _drift(status.look)
    if status.plan is not None:
        yield from halt_lines(status.plan, status.details)
        yield from _ways_back(status.plan, status.details)
        limit = 1000 if status.named else _MOST
        yield from disagreement_lines(status.plan, status.details, limit=limit)
    yield from gate_lines(status.gates if status.named else closed(status.gates))


def _ways_back(plan: Plan, details: Details) -> Iterator[Line]:
    """How what is pending would be taken back, where that was asked."""
    for each in plan.pending:
        if found := details.classes.get(each.name):
            yield line(f"{each.name}, {rollback_ahead(found, written=bool(each.down))}.")


def _drift(look: Look) -> Iterator[Line]:
    yield line(sentence(look), "bold red" if look.deviations.told else "")
    for each in look.deviations.told[:_MOST]:
        yield line(each.line, indent=2)
    if len(look.deviations.told) > _MOST:
        more = len(look.deviations.told) - _MOST
        yield line(f"and {more} more: `migration-bot drift {look.target}`", indent=2)


def _halted(name: str, halt: Halt, plan: Plan) -> Iterator[Line]:
    if halt.problem:
        yield line(f"{name} is applied in part and cannot go on: {halt.problem}", "bold red")
        yield line(
            "hint: Restore the text that was applied; mend only what comes after it.", indent=2
        )
        return
    running = name in plan.running
    where = f"{halt.done} of {words.count(halt.parts, 'part')} applied"
    if running:
        yield line(f"{name} is being applied, {where}.", "bold")
        return
    reason = halt.reason.removeprefix(f"{name}, ").removesuffix(".")
    yield line(f"{name} was interrupted, {where}{reason and ': '}{reason}.", "bold")
    yield line(f"hint: `migration-bot apply {plan.target}` goes on at line {halt.line}.", indent=2)
