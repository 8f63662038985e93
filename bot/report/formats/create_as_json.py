"""A created migration as JSON for scripts."""

from bot.core.findings.created import Created, CreatedDown
from bot.report.down_script import down_script
from bot.report.formats.as_json import SCHEMA, Json, finding_json


def create_json(created: Created) -> Json:
    """`create --format json`."""
    made, difference, review = created.migration, created.difference, created.review
    return {
        "schema": SCHEMA,
        "created": made is not None,
        "name": made.name if made else None,
        "path": made.path if made else None,
        "sql": made.sql if made else None,
        "checksum": made.checksum if made else None,
        "lock_written": created.lock,
        "prisma": difference.prisma if difference else None,
        "prisma_schema": difference.schema if difference else None,
        "target": created.target or None,
        "verdict": review.verdict.value if review else None,
        "findings": [finding_json(each) for each in review.all_findings] if review else [],
        "fixable": list(created.fixable),
        "refused": created.refused,
        "down": _down(created.down) if created.down else None,
    }


def _down(down: CreatedDown) -> Json:
    draft = down.draft
    return {
        "written": down.written,
        "proved": draft is not None and draft.proved,
        "problem": down.problem or (draft.fault if draft else ""),
        "sql": down_script(draft) if draft else None,
    }
