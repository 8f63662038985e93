"""What drafts scripts, loaded when one is wanted."""

from bot.core.schemas.draft import Draft
from bot.core.schemas.schema import Snapshot


def draft(current: Snapshot, wanted: Snapshot) -> Draft:
    """What to run on `current` so that it becomes `wanted`."""
    from bot.drafting.draft import draft as drafted

    return drafted(current, wanted)
