"""A review as the plain fields that another run reads back. Every text is cut to what is taken."""

import json
from collections.abc import Mapping
from typing import Any

from bot.core.findings.finding import Finding
from bot.core.findings.review import JudgedMigration, JudgedStatement, Review
from bot.core.findings.rewrite import Rewrite
from bot.core.migrations.effects import Effects

SCHEMA = 1
_TEXT = 4_000
_FINDINGS = 1_000
_RELATIONS = 500


def report_json(review: Review, head: str) -> str:
    """The review at the pull request's head, in one line of ASCII."""
    return json.dumps(_report(review, head), separators=(",", ":"))


def reports_json(reviews: Mapping[str, Review], head: str) -> str:
    """As `report_json`, of several databases, by name."""
    by_database = {name: _report(each, head) for name, each in reviews.items()}
    return json.dumps(
        {"schema": SCHEMA, "head": head, "databases": by_database}, separators=(",", ":")
    )


def _report(review: Review, head: str) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "head": head,
        "postgres": review.postgres,
        "base": review.base,
        "baseline": review.baseline,
        "accepted": review.accepted,
        "left_out": review.left_out,
        "migrations": [_migration(each) for each in review.migrations],
        "findings": [_finding(each) for each in review.findings[:_FINDINGS]],
    }


def _migration(judged: JudgedMigration) -> dict[str, Any]:
    return {
        "name": judged.migration.name,
        "path": judged.migration.path,
        "checksum": judged.migration.checksum,
        "sql": judged.migration.sql,
        "atomic": judged.atomic,
        "excluded": judged.excluded,
        "statements": [_statement(each) for each in judged.statements],
        "findings": [_finding(each) for each in judged.findings[:_FINDINGS]],
    }


def _statement(judged: JudgedStatement) -> dict[str, Any]:
    statement = judged.statement
    return {
        "kind": statement.kind,
        "line": statement.start.line,
        "column": statement.start.column,
        "end_line": statement.end.line,
        "end_column": statement.end.column,
        **_effects(judged.effects),
    }


def _effects(effects: Effects) -> dict[str, Any]:
    locks = effects.locks[:_RELATIONS]
    return {
        "transactional": effects.transactional,
        "understood": effects.understood,
        "conditional": effects.conditional,
        "locks": [
            {"relation": each.relation, "mode": each.mode.name, "new": each.new} for each in locks
        ],
        "rewrites": effects.rewrites[:_RELATIONS],
        "scans": effects.scans[:_RELATIONS],
        "loses": effects.loses[:_RELATIONS],
        "rebuilds": effects.rebuilds[:_RELATIONS],
        "misses": effects.misses[:_RELATIONS],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": _plain(finding.message),
        "why": _plain(finding.why),
        "fix": _plain(finding.fix),
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "statement": finding.statement,
        "allowed": None if finding.allowed is None else _plain(finding.allowed),
        "rewrite": _rewrite(finding.rewrite) if finding.rewrite else None,
    }


def _rewrite(rewrite: Rewrite) -> dict[str, Any]:
    return {
        "pieces": [
            {"sql": each.sql, "place": each.place.value, "what": each.what}
            for each in rewrite.pieces
        ],
        "todo": _plain(rewrite.todo),
    }


def _plain(text: str) -> str:
    """Without what no reader could see, and no longer than is taken."""
    return "".join(each if each.isprintable() or each in "\t\n\r" else "\ufffd" for each in text)[
        :_TEXT
    ]
