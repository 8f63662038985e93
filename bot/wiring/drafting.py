"""What drafts scripts, loaded when one is wanted."""

from collections.abc import Sequence

from bot.core.schemas.draft import Draft, Renamed
from bot.core.schemas.schema import Snapshot


def draft(current: Snapshot, wanted: Snapshot, **known: Sequence[Renamed]) -> Draft:
    """What to run on `current` so that it becomes `wanted`."""
    from bot.drafting.draft import draft as drafted

    return drafted(current, wanted, **known)
