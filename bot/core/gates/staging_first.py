"""What must have happened before: the target before this one has applied the same text."""

from collections.abc import Mapping, Sequence

from bot.core.gate import Gate
from bot.core.migration import Migration, same_checksum
from bot.core.target import Target


def staging_first_gate(
    target: Target, pending: Sequence[Migration], earlier: Mapping[str, str] | None
) -> Gate:
    """Open when the target before this one has applied the same text of every pending migration.

    `earlier` maps names to the checksums that target has applied, or is None when nothing could
    say what it has applied.
    """
    name = f"after {target.after}"
    if earlier is None:
        return Gate(
            name,
            False,
            f"nothing could say what {target.after} has applied",
            hint=f"Give the connection string of {target.after}, or a GitHub token that may "
            "read deployments.",
        )
    lacking = [each.name for each in pending if each.name not in earlier]
    if lacking:
        return Gate(
            name,
            False,
            f"{target.after} has not applied {', '.join(lacking)}",
            hint=f"Run `migration-bot apply {target.after}` first.",
        )
    differing = [each.name for each in pending if not same_checksum(earlier[each.name], each.sql)]
    if differing:
        return Gate(
            name,
            False,
            f"{target.after} applied another text of {', '.join(differing)}",
            hint="Restore the applied text, and put the change into a new migration.",
        )
    return Gate(name, True, f"{target.after} has applied the same text")
