"""What must have happened before: the target before this one has applied the same text."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bot.core.duration import duration
from bot.core.gates.gate import Gate
from bot.core.github.deployment import Carried
from bot.core.migrations.migration import Migration, same_checksum
from bot.core.targets.target import Target


def staging_first_gate(
    target: Target,
    pending: Sequence[Migration],
    earlier: Mapping[str, Carried] | None,
    now: datetime,
) -> Gate:
    """Open when the target before this one has the same text of every pending migration: applied by
    the newest rollout that carried it, verified, and for as long as this target wants it.

    `earlier` is by name what the newest rollout there did of it, or None when nothing could say.
    """
    assert target.after is not None
    name, after = f"after {target.after}", target.after
    if earlier is None:
        return Gate(
            name,
            False,
            f"nothing could say what {after} has applied",
            hint=f"Give the connection string of {after}, or a GitHub token that may "
            "read deployments.",
        )
    return (
        _lacking(name, after, pending, earlier)
        or _differing(name, after, pending, earlier)
        or _unsettled(name, after, [earlier[each.name] for each in pending])
        or _soaking(name, target, [earlier[each.name] for each in pending], now)
    )


def _lacking(
    name: str, after: str, pending: Sequence[Migration], earlier: Mapping[str, Carried]
) -> Gate | None:
    lacking = [each.name for each in pending if each.name not in earlier]
    if not lacking:
        return None
    reason = f"{after} has not applied {', '.join(lacking)}"
    return Gate(name, False, reason, hint=_first(after))


def _differing(
    name: str, after: str, pending: Sequence[Migration], earlier: Mapping[str, Carried]
) -> Gate | None:
    differing = [
        each.name for each in pending if not same_checksum(earlier[each.name].checksum, each.sql)
    ]
    if not differing:
        return None
    return Gate(
        name,
        False,
        f"{after} applied another text of {', '.join(differing)}",
        hint="Restore the applied text, and put the change into a new migration.",
    )


def _unsettled(name: str, after: str, carried: Sequence[Carried]) -> Gate | None:
    """The newest rollout counts alone: an older one that went well says nothing of it."""
    broken = next((each for each in carried if not each.done), None)
    if broken is not None:
        said = f": {broken.note.rstrip('.')}" if broken.note else ""
        reason = f"the newest rollout of it to {after} has not succeeded{said}"
        return Gate(name, False, reason, hint=_first(after))
    doubtful = next((each for each in carried if not each.verified), None)
    if doubtful is None:
        return None
    said = f": {doubtful.note.rstrip('.')}" if doubtful.note else ""
    return Gate(
        name,
        False,
        f"{after} has applied it, and was found wrong afterwards{said}",
        hint=f"Mend {after}, then run `migration-bot apply {after}` again: it verifies once more.",
    )


def _soaking(name: str, target: Target, carried: Sequence[Carried], now: datetime) -> Gate:
    """Counted from the last of them."""
    soak, after = target.closing.soak, target.after
    if not soak:
        return Gate(name, True, f"{after} has applied the same text")
    wanted = duration(soak.total_seconds())
    times = [each.at for each in carried if each.at is not None]
    if len(times) < len(carried):
        reason = f"{after} has it, and nothing says since when; {target.name} wants {wanted}"
        return Gate(
            name,
            False,
            reason,
            hint=f"Let the bot apply it to {after} from a workflow, so that GitHub remembers when.",
        )
    since = max(times, default=now - soak)
    opens = since + soak
    if now < opens:
        left = duration((opens - now).total_seconds())
        reason = (
            f"{after} has it since {_time(since)}, and {target.name} wants {wanted} of that: "
            f"it opens {_time(opens)}, in {left}"
        )
        return Gate(name, False, reason, hint="Run the deploy again then.")
    return Gate(name, True, f"{after} has applied the same text, more than {wanted} ago")


def _first(after: str) -> str:
    return f"Run `migration-bot apply {after}` first."


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
