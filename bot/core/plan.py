"""What a rollout would do to a target, and everything the target and the history disagree about."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.core.checkpoint import read_checkpoint
from bot.core.migration import AppliedMigration, Migration, same_checksum, sort_key


@dataclass(frozen=True)
class Plan:
    """The state of one target against the history, from rows and texts alone.

    `pending` are to be applied, in order. The other fields are names: `modified` were edited after
    they were applied, `missing` are applied there and absent here, `failed` were started and never
    finished, `out_of_order` are pending but sort before the newest applied one. `interrupted` are
    pending and begun: their rows say how far they are. `unbaselined` says that the target has
    tables and no migrations table (Prisma's P3005).
    """

    target: str
    pending: tuple[Migration, ...] = ()
    applied: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    out_of_order: tuple[str, ...] = ()
    interrupted: tuple[str, ...] = ()
    unbaselined: bool = False

    @property
    def digest(self) -> str:
        return digest_of(self.pending)

    @property
    def agrees(self) -> bool:
        """Whether the target and the history tell the same story, so that a rollout may start."""
        disagreements = self.modified, self.missing, self.failed, self.out_of_order
        return not any(disagreements) and not self.unbaselined


def digest_of(migrations: Iterable[Migration]) -> str:
    """`sha256:` and 64 hex digits over name and checksum of each migration, in order.

    It covers the text and the order, and nothing else: the digest that an author's comment shows is
    the one that staging and production confirm.
    """
    listed = [[migration.name, migration.checksum] for migration in migrations]
    canonical = json.dumps({"migrations": listed}, separators=(",", ":"), sort_keys=True)
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def make_plan(
    target: str,
    history: Sequence[Migration],
    rows: Sequence[AppliedMigration],
    *,
    unbaselined: bool = False,
) -> Plan:
    """Compare the history, in Prisma's order, with the rows of the migrations table.

    Rows that were rolled back count as never applied, as for `prisma migrate deploy`.
    """
    texts = {migration.name: migration.sql for migration in history}
    finished = {row.name: row for row in rows if row.finished}
    ours = {row.name for row in rows if row.unfinished and _is_ours(row)}
    failed = tuple(row.name for row in rows if row.unfinished and not _is_ours(row))
    recorded = finished.keys() | set(failed)
    pending = tuple(each for each in history if each.name not in recorded)
    newest = max((name for name in finished if name in texts), key=sort_key, default=None)
    return Plan(
        target=target,
        pending=pending,
        applied=tuple(sorted(finished, key=sort_key)),
        modified=tuple(
            name
            for name, row in finished.items()
            if name in texts and not same_checksum(row.checksum, texts[name])
        ),
        missing=tuple(sorted((ours | recorded) - texts.keys(), key=sort_key)),
        failed=failed,
        out_of_order=tuple(
            each.name
            for each in pending
            if newest is not None and sort_key(each.name) < sort_key(newest)
        ),
        interrupted=tuple(each.name for each in pending if each.name in ours),
        unbaselined=unbaselined,
    )


def _is_ours(row: AppliedMigration) -> bool:
    return read_checkpoint(row.logs) is not None
