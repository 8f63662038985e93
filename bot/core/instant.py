"""A moment as records and JSON write it."""

from datetime import UTC, datetime


def instant(moment: datetime) -> str:
    """In UTC, to the millisecond: `2026-11-22T14:25:12.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
