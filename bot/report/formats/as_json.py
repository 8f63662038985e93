"""Reports as JSON for scripts; the fields are a contract, described in docs/reference/."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from bot.core.drift.drift import Drift
from bot.core.drift.look import Look
from bot.core.findings.finding import Finding
from bot.core.findings.review import JudgedMigration, JudgedStatement, Review
from bot.core.findings.rewrite import Rewrite
from bot.core.gates.gate import Gate
from bot.core.migrations.effects import Lock
from bot.core.rehearsals.rehearsal import RehearsedMigration
from bot.core.rehearsals.sizes import RelationSize, SizesNote
from bot.core.rollouts.last import LastBackup, LastDrift, LastRollout
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.progress import AppliedResult, BackupSummary, Progress
from bot.core.rollouts.rollback_class import class_of
from bot.core.rollouts.status import Details, TargetStatus
from bot.core.rollouts.survey import Survey
from bot.report.formats.class_as_json import class_json
from bot.report.formats.rehearsal_as_json import measured_json, rehearsed_json
from bot.report.formats.rehearsal_as_json import rehearsal_json as rehearsal_part
from bot.report.formats.standings_as_json import standings_json
from bot.report.size_words import size_words

SCHEMA = 1

Json = dict[str, Any]


def dumps(value: Json) -> str:
    """As it is printed: indented, and readable beyond ASCII."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def review_json(review: Review) -> Json:
    """`check --format json`."""
    return {
        "schema": SCHEMA,
        "verdict": review.verdict.value,
        "postgres": review.postgres,
        "sizes": _sizes_note(review.sizes) if review.sizes else None,
        "migrations": [_migration(judged, review) for judged in review.migrations],
        "findings": [finding_json(each) for each in review.findings],
        "rehearsal": rehearsal_part(review.rehearsal) if review.rehearsal else None,
        "baseline": review.baseline,
        "accepted": review.accepted,
        "excluded": review.excluded,
    }


def rehearsal_json(review: Review) -> Json:
    """`rehearse --format json`: the same document, whose findings are the rehearsal's own."""
    return review_json(review)


def plan_json(plan: Plan, gates: Iterable[Gate] = (), details: Details | None = None) -> Json:
    """`plan --format json`."""
    return {
        "schema": SCHEMA,
        **standings_json(plan, details or Details()),
        "gates": [gate_json(each) for each in gates],
    }


def status_json(statuses: Iterable[TargetStatus]) -> Json:
    """`status --format json`. `plan` is null where the target could not be read."""
    return {"schema": SCHEMA, "targets": [_status(each) for each in statuses]}


def apply_json(progress: Progress) -> Json:
    """`apply --format json`."""
    return {
        "schema": SCHEMA,
        "target": progress.target,
        "kind": progress.kind.value,
        "state": progress.state.value,
        "at": time_json(progress.at),
        "seconds": progress.seconds,
        "digest": progress.digest,
        "migrations": list(progress.migrations),
        "timings": [_timing(each) for each in progress.timings],
        "failed": progress.failed,
        "gates": [gate_json(each) for each in progress.gates],
        "backup": _backup(progress.backup) if progress.backup else None,
        "message": progress.message,
        "hint": progress.hint,
        "run_url": progress.run_url,
        "drift": _drift(progress.drift) if progress.drift else None,
        "checks": [
            {"what": each.what, "fine": each.fine, "message": each.message}
            for each in progress.checks
        ],
        "notes": list(progress.notes),
    }


def _timing(applied: AppliedResult) -> Json:
    return {
        "migration": applied.name,
        "seconds": applied.seconds,
        "attempts": applied.attempts,
        "statements": [
            {
                "index": each.index,
                "line": each.line,
                "kind": each.kind,
                "seconds": each.seconds,
                "rows": each.rows,
            }
            for each in applied.statements
        ],
    }


def _drift(drift: Drift) -> Json:
    return {
        "mode": drift.mode.value,
        "differences": list(drift.lines),
        "more": drift.more,
        "unknown": drift.unknown,
        "seconds": drift.seconds,
    }


def _migration(judged: JudgedMigration, review: Review) -> Json:
    name = judged.migration.name
    rehearsed = review.rehearsal.of(name) if review.rehearsal else None
    kept = review.kept.get(name, ())
    return {
        "name": name,
        "path": judged.migration.path,
        "checksum": judged.migration.checksum,
        "atomic": judged.atomic,
        "atomic_under": dict(judged.atomic_under),
        "statements": [_statement(each, rehearsed) for each in judged.statements],
        "findings": [finding_json(each) for each in judged.findings],
        "rehearsed": rehearsed_json(rehearsed, judged),
        "rollback": class_json(class_of(judged, rehearsed, kept=kept)),
    }


def _statement(judged: JudgedStatement, rehearsed: RehearsedMigration | None) -> Json:
    statement, effects = judged.statement, judged.effects
    return {
        "index": statement.index,
        "line": statement.start.line,
        "end_line": statement.end.line,
        "kind": statement.kind,
        "sql": statement.sql,
        "transactional": effects.transactional,
        "locks": [_lock(each) for each in effects.locks],
        "locks_if_rows": [_lock(each) for each in effects.if_rows],
        "rewrites": list(effects.rewrites),
        "scans": list(effects.scans),
        "rebuilds": list(effects.rebuilds),
        "loses": list(effects.loses),
        "misses": list(effects.misses),
        "understood": effects.understood,
        "conditional": effects.conditional,
        "measured": measured_json(rehearsed, statement.index),
    }


def _lock(lock: Lock) -> Json:
    return {"relation": lock.relation, "mode": lock.mode.label, "new": lock.new}


def finding_json(finding: Finding) -> Json:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "statement": finding.statement,
        "message": finding.message,
        "why": finding.why,
        "fix": finding.fix,
        "allowed": finding.allowed,
        "allowed_until": finding.allowed_until.isoformat() if finding.allowed_until else None,
        "fingerprint": finding.fingerprint,
        "size": _size(finding.size) if finding.size else None,
        "usual_severity": finding.usual.value if finding.usual else None,
        "rewrite": _rewrite(finding.rewrite) if finding.rewrite else None,
    }


def _size(size: RelationSize) -> Json:
    return {
        "relation": size.relation,
        "rows": size.rows,
        "bytes": size.bytes,
        "writes_per_second": size.writes,
        "words": size_words(size),
    }


def _sizes_note(note: SizesNote) -> Json:
    return {"target": note.target, "taken_at": time_json(note.taken_at), "stale": note.stale}


def _rewrite(rewrite: Rewrite) -> list[Json]:
    return [{"sql": each.sql, "place": each.place.value} for each in rewrite.pieces]


def _status(status: TargetStatus) -> Json:
    return {
        "target": status.target,
        "kind": status.kind.value,
        "plan": standings_json(status.plan, status.details) if status.plan else None,
        "gates": [gate_json(each) for each in status.gates],
        "lock_holder": status.lock_holder,
        "fleet": _fleet(status.fleet) if status.fleet else None,
        "drift": _look(status.look) if status.look else None,
        "last_rollout": _last_rollout(status.rollout) if status.rollout else None,
        "last_backup": _last_backup(status.backup) if status.backup else None,
        "last_drift": _last_drift(status.drift) if status.drift else None,
        "problem": status.problem,
        "hint": status.hint,
    }


def _last_rollout(last: LastRollout) -> Json:
    return {
        "at": time_json(last.at),
        "state": last.state,
        "seconds": last.seconds,
        "by": last.by or None,
    }


def _last_backup(last: LastBackup) -> Json:
    return {"at": time_json(last.at), "level": last.level, "fine": last.fine}


def _last_drift(last: LastDrift) -> Json:
    return {"at": time_json(last.at), "differences": list(last.differences)}


def _look(look: Look) -> Json:
    return {
        "state": look.state.value,
        "differences": [each.line for each in look.deviations.told],
        "problem": look.problem,
    }


def _fleet(survey: Survey) -> Json:
    return {
        "tenants": len(survey.looks),
        "current": survey.current,
        "disagreeing": [each.tenant for each in survey.disagreeing],
        "unreachable": [each.tenant for each in survey.unreachable],
    }


def gate_json(gate: Gate) -> Json:
    return {
        "name": gate.name,
        "open": gate.open,
        "reason": gate.reason,
        "hint": gate.hint,
        "waits_for": list(gate.waits_for),
        "given_by": list(gate.given_by),
        "overridden": gate.overridden,
    }


def _backup(backup: BackupSummary) -> Json:
    return {
        "id": backup.id,
        "size": backup.size,
        "seconds": backup.seconds,
        "snapshot_at": time_json(backup.snapshot_at),
        "proof": backup.proof,
        "digest": backup.digest,
        "location": backup.location,
        "encrypted": backup.encrypted,
    }


def time_json(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
