"""The target's schema must be what its applied migrations make, where it is refused otherwise."""

from bot.core.drift.drift import Drift
from bot.core.gates.gate import Gate
from bot.core.targets.target import DriftMode, Target

NAME = "drift"

_AHEAD = {
    DriftMode.REFUSE: "looked for before anything is run; a difference stops it",
    DriftMode.REPORT: "looked for before anything is run, and told",
    DriftMode.OFF: "nobody looks",
}


def drift_gate(target: Target, found: Drift | None = None) -> Gate:
    """`found` is what was seen under the lock; None as long as nobody looked."""
    if found is None:
        return Gate(NAME, True, _AHEAD[target.drift_mode])
    if found.unknown:
        return Gate(NAME, True, f"not looked for: {found.unknown}")
    if not found.found:
        return Gate(NAME, True, f"{target.name} is what its applied migrations make")
    number = len(found.lines) + found.more
    differs = f"{number} differences from what" if number > 1 else "1 difference from what"
    reason = f"{differs} the applied migrations make"
    if found.mode is not DriftMode.REFUSE:
        return Gate(NAME, True, f"told and let through, {reason}")
    return Gate(
        NAME,
        False,
        reason,
        hint="Take back what was changed by hand, or write it down as a migration and mark that as "
        "applied.",
    )
