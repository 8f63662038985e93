"""`status` in a terminal: one row a target, and below it every migration that is not applied."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.core.drift.look import Look
from bot.core.gates.gate import closed
from bot.core.rollouts.disagreement import disagreements
from bot.core.rollouts.last import LastDrift
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.standing import MigrationState, Standing
from bot.core.rollouts.status import Details, Halt, TargetStatus
from bot.core.rollouts.survey import Survey
from bot.report import words
from bot.report.drift.words import sentence
from bot.report.rollback_words import rollback_ahead
from bot.report.terminal.gates import gate_lines
from bot.report.terminal.lines import Grid, Line, drawn, line
from bot.report.terminal.overview import NARROW, is_ready, is_wrong, overview

_MOST = 10
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
    yield from overview(statuses, width)
    # What must be looked at comes first.
    for each in sorted(statuses, key=lambda each: not is_wrong(each)):
        yield from _details(each, narrow=width < NARROW)


def _details(status: TargetStatus, *, narrow: bool) -> Iterator[Line | Grid]:
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
        yield from _migrations(shown, narrow=narrow)
        if len(open_) > len(shown):
            yield line(
                f"and {len(open_) - len(shown)} more: `migration-bot status {status.target}`"
            )
        if said:
            yield line()
    yield from (Line(each.pieces, each.indent + 2, each.wrapped) for each in said)


def _migrations(standings: Sequence[Standing], *, narrow: bool) -> Iterator[Line | Grid]:
    rows = tuple(map(_standing, standings))
    if not narrow:
        yield Grid(("migration", "state", "since (UTC)"), rows)
        return
    for name, state, since in rows:
        yield line(name, indent=2)
        yield line(f"{state}, since {since}" if since else state, indent=4)


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
    elif status.drift is not None:
        yield from _seen(status.drift, status)
    if status.plan is not None:
        yield from halt_lines(status.plan, status.details)
        yield from _ways_back(status.plan, status.details)
        limit = 1000 if status.named else _MOST
        yield from disagreement_lines(status.plan, status.details, limit=limit)
    yield from gate_lines(status.gates if status.named else closed(status.gates))
    if is_ready(status):
        yield line(f"hint: `migration-bot apply {status.target}` applies what is pending.")


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


def _seen(drift: LastDrift, status: TargetStatus) -> Iterator[Line]:
    """What is there now, only another look tells."""
    number = words.count(len(drift.differences), "difference")
    yield line(f"The rollout of {words.time(drift.at)} saw {number} from what was applied.")
    yield line(f"hint: `migration-bot drift {status.target}` looks again.", indent=2)


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
