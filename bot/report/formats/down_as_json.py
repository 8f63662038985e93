"""A drafted down.sql as JSON for scripts."""

from bot.core.schemas.drafted_down import DraftedDown
from bot.report.down_script import down_script
from bot.report.formats.as_json import SCHEMA, Json


def down_json(down: DraftedDown, *, wrote: str = "") -> Json:
    """`down --format json`."""
    return {
        "schema": SCHEMA,
        "migration": down.migration.name,
        "postgres": str(down.postgres),
        "proved": down.proved,
        "fault": down.fault,
        "empty": down.empty,
        "statements": [
            {"sql": each.sql, "loses": each.loses, "needs": each.needs}
            for each in down.draft.statements
        ],
        "left": list(down.draft.left),
        "lost": list(down.lost),
        "writes_rows": down.writes_rows,
        "sql": down_script(down),
        "written": wrote or None,
    }
