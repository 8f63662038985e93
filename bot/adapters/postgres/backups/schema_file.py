"""The schema as a backup keeps it in a file, to be compared with what comes back."""

import json
from pathlib import Path

from bot.core.schemas.schema import Snapshot

CATALOGUE = "catalogue.json"


def write_schema(place: Path, schema: Snapshot) -> None:
    listed = [[kind, name, value] for (kind, name), value in schema.items()]
    (place / CATALOGUE).write_text(json.dumps(listed, indent=0), "utf-8")


def read_schema(place: Path) -> Snapshot:
    listed = json.loads((place / CATALOGUE).read_text("utf-8"))
    return {
        (kind, name): tuple((attribute, value) for attribute, value in definition)
        for kind, name, definition in listed
    }
