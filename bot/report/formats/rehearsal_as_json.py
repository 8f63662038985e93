"""A rehearsal as JSON: the parts of `check --format json` that PostgreSQL itself answered."""

from typing import Any

from bot.core.findings.review import JudgedMigration
from bot.core.rehearsals.proofs import DownProof, SecondRun
from bot.core.rehearsals.refusal import Refusal
from bot.core.rehearsals.rehearsal import (
    BaseReplay,
    Estimate,
    Measured,
    MeasuredLock,
    Rehearsal,
    RehearsalData,
    RehearsalServer,
    RehearsedMigration,
    RehearsedStatement,
    SchemaAgreement,
)
from bot.core.schemas.schema import Change, Differences
from bot.report.lock_words import waiting

Json = dict[str, Any]


def measured_json(rehearsed: RehearsedMigration | None, index: int) -> Json | None:
    """What one statement did; None where it was not run to its end."""
    statements = rehearsed.statements if rehearsed else ()
    found = next((each for each in statements if each.index == index), None)
    return _measured(found, found.measured) if found and found.measured else None


def rehearsed_json(rehearsed: RehearsedMigration | None, judged: JudgedMigration) -> Json | None:
    """What is known of a migration as a whole; None where it was not begun."""
    if rehearsed is None:
        return None
    return {
        "duration_ms": rehearsed.duration_ms,
        "statements": len(rehearsed.statements),
        "refused": _refusal(rehearsed.refused, judged) if rehearsed.refused else None,
        "stays": list(rehearsed.stays),
        "changes": _changes(rehearsed.changes),
        "down": _down(rehearsed.down) if rehearsed.down else None,
        "second": _second(rehearsed.second, judged) if rehearsed.second else None,
        "estimates": [_estimate(each) for each in rehearsed.estimates],
    }


def rehearsal_json(rehearsal: Rehearsal) -> Json:
    """The rehearsal without its migrations: what ran it, and on what."""
    return {
        "server": _server(rehearsal.server) if rehearsal.server else None,
        "seconds": rehearsal.seconds,
        "base": _base(rehearsal.base),
        "data": _data(rehearsal.data),
        "notes": list(rehearsal.notes),
        "schema": _schema(rehearsal.schema) if rehearsal.schema else None,
        "problem": rehearsal.problem,
        "hint": rehearsal.hint,
    }


def _measured(statement: RehearsedStatement, measured: Measured) -> Json:
    return {
        "duration_ms": measured.duration_ms,
        "transactional": measured.transactional,
        "locks": [_lock(each) for each in measured.locks],
        "rewrites": list(measured.rewrites),
        "scans": list(measured.scans),
        "scans_of_one": [list(each) for each in measured.scans_of_one],
        "rebuilds": list(measured.rebuilds),
        "indexes": list(measured.indexes),
        "validated": list(measured.validated),
        "rows": [
            {
                "relation": each.relation,
                "inserted": each.inserted,
                "updated": each.updated,
                "deleted": each.deleted,
            }
            for each in measured.rows
        ],
        "loses": list(measured.loses),
        "misses": list(measured.misses),
        "wal_bytes": measured.wal_bytes,
        "temporary_bytes": measured.temporary_bytes,
        "sampled": measured.sampled,
        "disagreements": list(statement.disagreements),
    }


def _lock(lock: MeasuredLock) -> Json:
    return {
        "relation": lock.relation,
        "mode": lock.mode.label,
        "new": lock.new,
        "index": lock.index,
        "partitioned": lock.partitioned,
        "held_ms": lock.held_ms,
        "blocks": list(waiting(lock)),
    }


def _refusal(refusal: Refusal, judged: JudgedMigration | None = None) -> Json:
    index = refusal.statement
    known = judged is not None and index is not None and index < len(judged.statements)
    return {
        "stop": refusal.stop.value,
        "message": refusal.message,
        "statement": index,
        "line": judged.statements[index].statement.start.line
        if known and judged and index is not None
        else None,
        "sqlstate": refusal.sqlstate,
        "hint": refusal.hint,
    }


def _changes(changes: Differences) -> Json:
    return {
        "added": [_object(each) for each in changes.added],
        "removed": [_object(each) for each in changes.removed],
        "changed": [_object(each) for each in changes.changed],
    }


def _object(change: Change) -> Json:
    before, after = dict(change.before or ()), dict(change.after or ())
    return {
        "kind": change.kind,
        "identity": change.identity,
        "attributes": [
            {"name": name, "before": before.get(name), "after": after.get(name)}
            for name in change.attributes
        ],
    }


def _down(proof: DownProof) -> Json:
    return {
        "proved": proof.proved,
        "refused": _refusal(proof.refused) if proof.refused else None,
        "left": list(proof.left),
        "up_refused": _refusal(proof.up_refused) if proof.up_refused else None,
        "again": list(proof.again),
        "drafted": proof.drafted,
        "undrafted": list(proof.undrafted),
        "loses": list(proof.loses),
        "differing": list(proof.differing),
        "moved": list(proof.moved),
        "rows": proof.rows,
    }


def _second(second: SecondRun, judged: JudgedMigration) -> Json:
    return {
        "refused": _refusal(second.refused, judged) if second.refused else None,
        "changed": list(second.changed),
        "half_done": second.half_done,
    }


def _estimate(estimate: Estimate) -> Json:
    return {
        "statement": estimate.statement,
        "relation": estimate.relation,
        "unit": estimate.unit,
        "measured_ms": round(estimate.measured_ms, 3),
        "measured_units": estimate.measured_units,
        "target": estimate.target,
        "target_units": estimate.target_units,
        "least_ms": round(estimate.least_ms, 3),
        "most_ms": round(estimate.most_ms, 3),
        "lock": estimate.lock.label if estimate.lock else None,
        "held_ms": round(estimate.held_ms, 3),
        "locked": estimate.locked or (estimate.relation if estimate.lock else None),
        "sorts": estimate.sorts,
        "read_bytes": estimate.read_bytes,
    }


def _server(server: RehearsalServer) -> Json:
    isolation = server.isolation
    return {
        "version": server.version,
        "major": server.major,
        "provider": server.provider,
        "wanted": server.wanted,
        "shims": list(server.shims),
        "isolation": {
            "system_user": isolation.system_user,
            "own_user": isolation.own_user,
            "network": isolation.network,
            "memory": isolation.memory,
            "disk": isolation.disk,
            "seconds": isolation.seconds,
        },
    }


def _base(base: BaseReplay) -> Json:
    refused = base.refused
    return {
        "migrations": base.migrations,
        "cached": base.cached,
        "seconds": base.seconds,
        "refused": {
            "migration": refused.migration,
            "line": refused.line,
            "refusal": _refusal(refused.refusal),
        }
        if refused
        else None,
    }


def _data(data: RehearsalData) -> Json:
    return {
        "kind": data.kind.value,
        "rows": data.rows,
        "bytes": data.bytes,
        "seconds": data.seconds,
        "skipped": list(data.skipped),
        "source": data.source,
        "guessed": data.guessed,
    }


def _schema(schema: SchemaAgreement) -> Json:
    return {
        "prisma": schema.prisma,
        "differences": list(schema.differences),
        "problem": schema.problem,
    }
