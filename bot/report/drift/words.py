"""What a look for drift found, in words that the terminal, the issue and a summary share."""

from collections.abc import Iterable, Sequence

from bot.core.drift.deviation import Deviation
from bot.core.drift.look import DriftState, Look, Script
from bot.core.drift.policy import Matter
from bot.report import words
from bot.report.escape import one_line

MEND = "To make the target as its migrations say"
RECORD = "To write it down as a migration"
_MATTERS = {
    Matter.STRUCTURE: "structure",
    Matter.RIGHTS: "rights",
    Matter.TUNING: "tuning",
    Matter.COMMENTS: "comments",
}
_STATES = {
    DriftState.CLEAN: "as its migrations make it",
    DriftState.DRIFTED: "drifted",
    DriftState.RUNNING: "a rollout is running",
    DriftState.UNKNOWN: "not looked at",
    DriftState.UNSET: "not configured",
}


_ORDER = (
    "No statement changes the order of a table's columns: one that went and came back, as by a "
    "rollback, stands last. `drift: {tuning: off}` leaves that out."
)


def state_words(look: Look) -> str:
    if look.state is DriftState.DRIFTED:
        return words.count(len(look.deviations.told), "difference")
    return _STATES[look.state]


def sentence(look: Look) -> str:
    """The one sentence that says it all."""
    target = look.target
    return {
        DriftState.CLEAN: f"{target} is what its applied migrations make.",
        DriftState.DRIFTED: f"The schema of {target} is not what its applied migrations make.",
        DriftState.RUNNING: f"{target} was not looked at, because a rollout is running: "
        f"{look.problem}.",
        DriftState.UNKNOWN: f"{target} could not be looked at: {look.problem.rstrip('.')}.",
        DriftState.UNSET: f"{target} was not looked at: {look.problem}.",
    }[look.state]


def notes(look: Look) -> list[str]:
    """What was left out, and what stops nothing."""
    found = []
    if look.state is DriftState.DRIFTED:
        found.append(_weight(look.deviations.told, look))
        if any(each.moved for each in look.deviations.told):
            found.append(_ORDER)
    if look.deviations.grown:
        grown = words.count(look.deviations.grown, "partition")
        found.append(f"{grown} that only the target has were left out: time has passed.")
    if look.unseen:
        kinds = words.listed(look.unseen, limit=20)
        found.append(f"Not looked at, because the role may not read them: {kinds}.")
    return found


def _weight(told: Sequence[Deviation], look: Look) -> str:
    stopping = sum(each.stops for each in told)
    if not stopping:
        return "None of it stops a rollout."
    verb = "stops" if stopping == 1 else "stop"
    return f"{stopping:,} of {len(told):,} {verb} a rollout where `drift` is `refuse`."


def grouped(told: Iterable[Deviation]) -> list[tuple[str, list[Deviation]]]:
    """By table, in the order of their names; what is in no table by its own name. What stops a
    rollout comes first."""
    found: dict[str, list[Deviation]] = {}
    for each in sorted(told, key=lambda each: not each.stops):
        found.setdefault(each.place, []).append(each)
    return sorted(found.items())


def matter_words(deviation: Deviation) -> str:
    return _MATTERS[deviation.matter]


def _but_for(script: Script) -> str:
    names = words.listed(map(one_line, script.moved))
    return f" but for the order of the columns of {names}" if names else ""


def proof_words(script: Script) -> str:
    """Whether the SQL was tried, and with what result."""
    if not script.statements:
        return "Nothing could be drafted."
    if script.proved:
        return f"Proved: it was run on a copy, and left no difference{_but_for(script)}."
    return f"A draft that did not converge: {script.problem}."
