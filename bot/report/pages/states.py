"""A migration's state, and a target's, as a sign, words and a tone; never by colour alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.core.board.board import TargetBoard
from bot.core.drift.look import DriftState
from bot.core.gates.gate import closed
from bot.core.rollouts.disagreement import disagreements
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.standing import MigrationState
from bot.core.rollouts.status import TargetStatus
from bot.report.terminal.status import STATE_WORDS, fleet_words
from bot.report.words import count, listed


class Tone(StrEnum):
    GOOD = "good"
    WAITING = "waiting"
    BAD = "bad"
    QUIET = "quiet"


@dataclass(frozen=True)
class Mark:
    sign: str
    words: str
    tone: Tone


UNKNOWN = Mark("·", "not known", Tone.QUIET)
ABSENT = Mark("–", "not there", Tone.QUIET)
_SIGNS = {
    MigrationState.APPLIED: ("✓", Tone.GOOD),
    MigrationState.MARKED: ("✓", Tone.GOOD),
    MigrationState.PENDING: ("○", Tone.WAITING),
    MigrationState.OUT_OF_ORDER: ("⇅", Tone.BAD),
    MigrationState.ROLLED_BACK: ("↩", Tone.WAITING),
    MigrationState.RUNNING: ("▸", Tone.WAITING),
    MigrationState.INTERRUPTED: ("‖", Tone.BAD),
    MigrationState.ROLLING_BACK: ("↩", Tone.BAD),
    MigrationState.FAILED: ("✕", Tone.BAD),
    MigrationState.EDITED: ("≠", Tone.BAD),
    MigrationState.MISSING: ("?", Tone.BAD),
    MigrationState.REPLACED: ("⇢", Tone.QUIET),
    MigrationState.ABANDONED: ("–", Tone.QUIET),
}
MARKS = {state: Mark(sign, STATE_WORDS[state], tone) for state, (sign, tone) in _SIGNS.items()}


def mark_of(target: TargetBoard, name: str) -> Mark:
    if target.status.plan is None:
        return UNKNOWN
    state = target.states.get(name)
    return MARKS[state] if state is not None else ABSENT


@dataclass(frozen=True)
class Headline:
    """A target in one sentence without its name, and `next` what to do about it, prose; "" if
    nothing has to be done. `commands` are to paste."""

    tone: Tone
    words: str
    next: str = ""
    commands: tuple[str, ...] = ()


def headline(target: TargetBoard) -> Headline:
    status = target.status
    if status.plan is None:
        words = "was not asked" if status.unset else "could not be read"
        tone = Tone.QUIET if status.unset else Tone.BAD
        return Headline(tone, f"{words}: {status.problem.rstrip('.')}", status.hint)
    if status.lock_holder:
        said = "a rollout is running"
        return Headline(Tone.WAITING, said, f"The migration lock is held by {status.lock_holder}.")
    found = next(_troubles(status, status.plan), None) or _ahead(status, status.plan)
    if found.tone is Tone.GOOD and status.look and status.look.state is DriftState.DRIFTED:
        number = count(len(status.look.deviations.told), "difference")
        said = f"has every migration, and {number} that no migration made"
        return Headline(Tone.BAD, said, "See what differs, and the SQL that settles it, on Drift.")
    return found


def _troubles(status: TargetStatus, plan: Plan) -> Iterator[Headline]:
    if status.fleet is not None and (status.fleet.disagreeing or status.fleet.unreachable):
        yield Headline(Tone.BAD, fleet_words(status.fleet), "Fleet tells who, and why.")
    for each in disagreements(plan, status.details.commits)[:1]:
        yield Headline(Tone.BAD, _first_line(each.message), each.hint, each.commands)
    if plan.interrupted:
        name = plan.interrupted[0]
        said = f"`{name}` was begun and is not finished"
        yield Headline(Tone.BAD, said, "The next rollout goes on with it.", (_apply(plan),))


def _ahead(status: TargetStatus, plan: Plan) -> Headline:
    number = len(plan.pending)
    if not number:
        return Headline(Tone.GOOD, "is up to date" if plan.applied else "has no migration yet")
    lacks = f"{count(number, 'migration')} to apply"
    shut = closed(status.gates)
    if shut:
        said = f"{lacks}, on hold: {listed(gate.name for gate in shut)}"
        return Headline(Tone.WAITING, said, next((g.hint for g in shut if g.hint), ""))
    return Headline(Tone.WAITING, f"{lacks}, every gate is open", "", (_apply(plan),))


def _apply(plan: Plan) -> str:
    return f"migration-bot apply {plan.target}"


def _first_line(text: str) -> str:
    return " ".join(text.split())
