"""Changes made of the files of a Layout, read from a folder as a checkout is."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from bot.adapters.checkout import Checkout
from bot.core.migrations.history import Change, History
from bot.core.migrations.layout import Layout

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def change_of(layout: Layout, place: Path) -> Change:
    """The branch's files against the base's; both are written below `place`."""
    return Change(
        head=_history(layout.head, place / "head"),
        now=NOW,
        base=_history(layout.base, place / "base"),
        base_name="main",
        base_ref="origin/main",
    )


def _history(files: Mapping[str, str], place: Path) -> History:
    (place / "prisma" / "migrations").mkdir(parents=True)
    for name, text in files.items():
        path = place / "prisma" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))
    return Checkout(place, "prisma/migrations", {}).everything(NOW).head
