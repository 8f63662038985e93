"""What is written down of a rollout for those who ask later: who, what, by whose leave, and how it
went. The record is JSON in one form only, so that a signature over it can be checked anywhere."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.core.gates.gate import Gate
from bot.core.instant import instant
from bot.core.migrations.migration import Migration
from bot.core.rollouts.progress import AppliedResult, BackupSummary, Progress
from bot.core.targets.server import ServerFacts
from bot.errors import UsageError

# Counted up when a key goes or changes its meaning.
SCHEMA = 1
# Where its rows are in a target; neither Prisma nor our own comparisons look there.
AUDIT_SCHEMA = "migration_bot"
ALGORITHM = "Ed25519"


@dataclass(frozen=True)
class Trigger:
    """Who or what started the rollout: the event and its sender on GitHub, or a person at a
    terminal. `run` is the workflow run's page, or "" at a terminal."""

    login: str = ""
    event: str = ""
    run: str = ""
    attempt: int = 1


@dataclass(frozen=True)
class Leave:
    """An approval that counted, and the pull request it was given to. `commit` and `at` are not
    known where GitHub could not be asked again."""

    login: str
    pull: int | None = None
    commit: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Rollout:
    """Everything a record is made of. `pending` is what the plan held. `server` is None if it did
    not answer; `code` is the exit code of the error that ended it, 0 if none did. One that goes
    `backwards` takes migrations back."""

    id: str
    progress: Progress
    at: datetime
    version: str
    commit: str = ""
    repository: str = ""
    trigger: Trigger = field(default_factory=Trigger)
    pending: tuple[Migration, ...] = ()
    approvals: tuple[Leave, ...] = ()
    server: ServerFacts | None = None
    code: int = 0
    backwards: bool = False


@dataclass(frozen=True)
class Signature:
    """`key` tells which key it was made with; `value` is in base64."""

    key: str
    value: str
    algorithm: str = ALGORITHM


@dataclass(frozen=True)
class Sealed:
    """A record as it is kept, with its signature if there was a key."""

    record: Mapping[str, Any]
    signature: Signature | None = None

    def to_json(self) -> str:
        signature = self.signature and {
            "algorithm": self.signature.algorithm,
            "key": self.signature.key,
            "value": self.signature.value,
        }
        content = {"record": self.record, "signature": signature}
        return json.dumps(content, indent=2, ensure_ascii=False, sort_keys=True)


def sealed_in(text: str, *, path: str) -> Sealed:
    """Read one back. Raises UsageError for what is none."""
    try:
        content = json.loads(text)
        record, signature = content["record"], content["signature"]
        if not isinstance(record, Mapping):
            raise TypeError
        known = signature and Signature(
            str(signature["key"]), str(signature["value"]), str(signature["algorithm"])
        )
        return Sealed(record, known or None)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(
            f"{path} is no audit record.",
            hint="Give the file that a rollout wrote to MIGRATION_BOT_AUDIT.",
        ) from None


def canonical(record: Mapping[str, Any]) -> bytes:
    """The one form that is signed: keys in order, no spaces, UTF-8."""
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def cleaned(value: Any, clean: Callable[[str], str]) -> Any:
    """The same with every text cleaned, and nothing in it that PostgreSQL's JSON cannot hold."""
    if isinstance(value, str):
        return clean(value).replace("\0", "�").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {str(name): cleaned(each, clean) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(each, clean) for each in value]
    return value


def record_of(rollout: Rollout) -> dict[str, Any]:
    progress = rollout.progress
    return {
        "schema": SCHEMA,
        "id": rollout.id,
        "at": instant(rollout.at),
        "target": {"name": progress.target, "kind": progress.kind.value},
        "trigger": {
            "login": rollout.trigger.login,
            "event": rollout.trigger.event,
            "run": rollout.trigger.run,
            "attempt": rollout.trigger.attempt,
        },
        "repository": rollout.repository,
        "commit": rollout.commit,
        "direction": "down" if rollout.backwards else "up",
        "digest": progress.digest,
        "migrations": _migrations(rollout.pending, progress),
        "approvals": [_leave(each) for each in rollout.approvals],
        "gates": [_gate(each) for each in progress.gates],
        "overrides": [_override(each) for each in progress.gates if each.overridden],
        "backup": _backup(progress.backup),
        "verification": [
            {"what": each.what, "fine": each.fine, "message": each.message}
            for each in progress.checks
        ],
        "drift": list(progress.drift.lines) if progress.drift else None,
        "notes": list(progress.notes),
        "server": _server(rollout.server),
        "version": rollout.version,
        "outcome": {
            "state": progress.state.value,
            "code": rollout.code,
            "milliseconds": _milliseconds(progress.seconds),
            "message": progress.message,
            "failed": progress.failed,
        },
    }


def key_id(public: bytes) -> str:
    """A short name for a public key, given its 32 bytes."""
    return hashlib.sha256(public).hexdigest()[:16]


def _migrations(pending: Sequence[Migration], progress: Progress) -> list[dict[str, Any]]:
    done = {each.name: each for each in progress.timings}
    listed = [(each.name, each.checksum) for each in pending]
    # What was applied by a plan that was made anew under the lock is told of all the same.
    listed += [(name, "") for name in done if name not in {each.name for each in pending}]
    return [
        {
            "name": name,
            "checksum": checksum or None,
            "applied": name in done or name in progress.migrations,
            **_timings(done.get(name)),
        }
        for name, checksum in listed
    ]


def _timings(applied: AppliedResult | None) -> dict[str, Any]:
    statements = applied.statements if applied else ()
    return {
        "milliseconds": _milliseconds(applied.seconds) if applied else None,
        "attempts": applied.attempts if applied else 0,
        "statements": [
            {
                "index": each.index,
                "line": each.line,
                "kind": each.kind,
                "milliseconds": _milliseconds(each.seconds),
                "rows": each.rows,
            }
            for each in statements
        ],
    }


def _leave(leave: Leave) -> dict[str, Any]:
    at = instant(leave.at) if leave.at else None
    return {"login": leave.login, "pull": leave.pull, "commit": leave.commit or None, "at": at}


def _gate(gate: Gate) -> dict[str, Any]:
    return {
        "name": gate.name,
        "open": gate.open,
        "reason": gate.reason,
        "given_by": list(gate.given_by),
    }


def _override(gate: Gate) -> dict[str, Any]:
    return {"gate": gate.name, "reason": gate.reason, "override": gate.overridden}


def _backup(backup: BackupSummary | None) -> dict[str, Any] | None:
    if backup is None:
        return None
    return {
        "id": backup.id,
        "size": backup.size,
        "snapshot_at": instant(backup.snapshot_at),
        "proof": backup.proof,
        "digest": backup.digest or None,
        "location": backup.location or None,
        "encrypted": backup.encrypted,
    }


def _server(server: ServerFacts | None) -> dict[str, Any] | None:
    if server is None:
        return None
    return {
        "version": server.version,
        "database": server.database,
        "system_identifier": server.identity.system_identifier or None,
        "role": server.role,
    }


def _milliseconds(seconds: float | None) -> int | None:
    """A whole number, which every language writes the same."""
    return None if seconds is None else round(seconds * 1000)


def leaves_of(gates: Iterable[Gate], known: Iterable[Leave]) -> tuple[Leave, ...]:
    """Who counted, as the gates say, with what is known of each approval besides."""
    details: dict[str, list[Leave]] = {}
    for each in known:
        details.setdefault(each.login.lower(), []).append(each)
    logins = dict.fromkeys(login for gate in gates for login in gate.given_by)
    return tuple(
        leave for login in logins for leave in details.get(login.lower()) or [Leave(login)]
    )
