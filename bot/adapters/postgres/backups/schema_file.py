"""The schema as a backup keeps it in a file, to be compared with what comes back."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.core.schemas.schema import Snapshot
from bot.errors import BrokenBackup

CATALOGUE = "catalogue.json"


def write_schema(place: Path, schema: Snapshot) -> None:
    listed = [[kind, name, value] for (kind, name), value in schema.items()]
    (place / CATALOGUE).write_text(json.dumps(listed, indent=0), "utf-8")


def read_schema(place: Path) -> Snapshot:
    """Raises BrokenBackup: a manifest may have been made to fit a file that says nothing."""
    with readable(place, CATALOGUE):
        listed = json.loads((place / CATALOGUE).read_text("utf-8"))
        return {
            (kind, name): tuple((attribute, value) for attribute, value in definition)
            for kind, name, definition in listed
        }


@contextmanager
def readable(place: Path, name: str) -> Iterator[None]:
    """For a file of ours in the directory of a backup, which has the backup's name."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError):
        raise BrokenBackup(
            f"The backup {place.name} is not what was written: {name} cannot be read.",
            hint="Do not use it. Take a new backup, and find out what touched this one.",
        ) from None
