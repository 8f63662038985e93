"""How a migration can be taken back: one of four classes, from what it does and what was proved.

A failure while it is applied is no rollback: an atomic one leaves nothing behind, and any other
goes on where it stopped.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.core.findings.review import JudgedMigration, JudgedStatement
from bot.core.kept.loss import Loss
from bot.core.migrations.caveat import CaveatKind
from bot.core.migrations.effects import Effects, LockMode
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.proofs import DownProof
from bot.core.rehearsals.rehearsal import RehearsedMigration
from bot.core.rollouts.seen_effects import seen_of
from bot.core.schemas.schema import Change

# They lock as who writes does, and write nothing yet.
_PLANNING = {"CreateFunctionStmt", "LockStmt", "PrepareStmt", "RuleStmt"}
_WRITING = {
    "InsertStmt",
    "UpdateStmt",
    "DeleteStmt",
    "MergeStmt",
    "CopyStmt",
    "DoStmt",
    "CallStmt",
    "TruncateStmt",
}
# What an application does not see: words about the schema, and what the planner goes by.
_UNSEEN = {"comment", "statistics"}


class RollbackWay(StrEnum):
    """`NOTHING`: it changes nothing that could be taken back, neither structure nor rows.
    `REVERSIBLE`: a script leads back to the same schema, and takes back what it does to rows with
    it. `KEPT`: so it is, with rows that were kept when it was applied. `RESTORE`: only a backup
    brings back what it takes away. `UNPROVED`: nobody has tried."""

    NOTHING = "nothing needed"
    REVERSIBLE = "reversible"
    KEPT = "reversible with kept data"
    RESTORE = "restore only"
    UNPROVED = "not proved"


@dataclass(frozen=True)
class Beyond:
    """What a migration does that the catalogue does not show. `lost` and `writes` are of what is
    not kept."""

    lost: bool = False
    writes: bool = False
    changed: bool = False
    unknown: bool = False

    @property
    def any(self) -> bool:
        return self.lost or self.writes or self.changed or self.unknown


@dataclass(frozen=True)
class RollbackClass:
    """One migration's. `drafted` says that the bot has drafted the script, and nobody wrote one.

    `loses` is what taking it back deletes of what was written since, `lost` what applying it
    deletes. `writes` says that it changes rows that were there, and `differing` are the tables that
    held other rows after up and down in the rehearsal, `moved` those whose columns stood in another
    order. `fault` is why no script leads back.
    `changed` is what it changes besides rows that no comparison of schemas shows, `unknown` says
    why nobody can tell what it destroys: no draft takes either back.
    `breaks` are names that the release before would look for in vain; `foreseen` is False where
    that cannot be told. `atomic`: a failure while it is applied leaves nothing.
    """

    name: str
    way: RollbackWay
    drafted: bool = False
    loses: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    writes: bool = False
    differing: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    fault: str = ""
    breaks: tuple[str, ...] = ()
    foreseen: bool = True
    atomic: bool = True
    changed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def works_before(self) -> bool:
        """Whether the release before works on the new schema, as far as can be foreseen."""
        return self.foreseen and not self.breaks


def class_of(
    judged: JudgedMigration, rehearsed: RehearsedMigration | None, *, kept: Sequence[Loss] = ()
) -> RollbackClass:
    """How one is taken back. `kept` is what of its losses is kept when it is applied."""
    proof = rehearsed.down if rehearsed else None
    there = {each.statement for each in kept}
    seen = seen_of(judged, rehearsed)
    lost = tuple(dict.fromkeys((*lost_by(judged, but=there), *seen.lost(but=there))))
    writes = bool((writing(judged) | seen.writing) - there)
    changed, unknown = changed_by(judged), unknown_of(judged)
    beyond = Beyond(bool(lost), writes, bool(changed), bool(unknown))
    way, fault = _way(judged, rehearsed, there, beyond)
    return RollbackClass(
        name=judged.migration.name,
        way=way,
        drafted=proof is not None and proof.drafted,
        loses=proof.loses if proof else (),
        lost=lost,
        writes=writes,
        differing=proof.differing if proof else (),
        moved=proof.moved if proof else (),
        fault=fault,
        breaks=tuple(sorted({each for one in judged.statements for each in one.effects.misses})),
        foreseen=all(each.effects.understood for each in judged.statements),
        atomic=judged.atomic,
        changed=changed,
        unknown=unknown,
    )


def lost_by(judged: JudgedMigration, *, but: Collection[int] = ()) -> tuple[str, ...]:
    """The tables and columns whose rows it deletes, less those that it has made itself, and `but`
    what these statements do."""
    found: dict[str, None] = {}
    for each in judged.statements:
        # Under the same name there may be another table later, or have been one before.
        new = {lock.relation for lock in each.effects.locks if lock.new}
        if each.statement.index not in but:
            lost = (name for name in each.effects.loses if not {name, _owner(name)} & new)
            found.update(dict.fromkeys(lost))
        found.update(dict.fromkeys(_about(each, CaveatKind.GONE)))
    return tuple(found)


def gone_by(judged: JudgedMigration) -> tuple[str, ...]:
    """What it destroys besides rows and values."""
    return _all_about(judged, CaveatKind.GONE)


def changed_by(judged: JudgedMigration) -> tuple[str, ...]:
    """What it changes besides rows that no comparison of schemas shows."""
    return _all_about(judged, CaveatKind.CHANGED)


def unknown_of(judged: JudgedMigration) -> tuple[str, ...]:
    """Why nobody can tell what it destroys, nothing if that is known."""
    return _all_about(judged, CaveatKind.UNKNOWN)


def _all_about(judged: JudgedMigration, kind: CaveatKind) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for each in judged.statements for one in _about(each, kind)))


def _about(judged: JudgedStatement, kind: CaveatKind) -> tuple[str, ...]:
    return tuple(each.about for each in judged.caveats if each.kind is kind)


def writes_rows(judged: JudgedMigration) -> bool:
    return bool(writing(judged))


def writing(judged: JudgedMigration) -> frozenset[int]:
    """The statements that change rows of what was there, otherwise than in columns that the
    migration adds itself."""
    added = {each for one in judged.statements for each in _columns_added(one.statement)}
    return frozenset(
        each.statement.index
        for each in judged.statements
        if (_writes(each) and not _about_new(each.effects) and not _fills(each.statement, added))
        or any(_column(name) not in added for name in _about(each, CaveatKind.VALUES))
    )


def _owner(name: str) -> str:
    """The table of a column."""
    return name.rpartition(".")[0]


def _column(name: str) -> tuple[str, str]:
    """A column as `_columns_added` names it."""
    table, _, column = name.rpartition(".")
    return table.rpartition(".")[2], column


def _writes(judged: JudgedStatement) -> bool:
    """A SELECT may, by what it calls and by its WITH; its lock tells."""
    if judged.statement.node in _PLANNING:
        return False
    if judged.statement.node in _WRITING:
        return True
    locks = judged.effects.locks
    return any(each.mode is LockMode.ROW_EXCLUSIVE and not each.new for each in locks)


def fault_of(proof: DownProof) -> str:
    """Why a script does not lead back, "" if it does."""
    if proof.refused is not None:
        return proof.refused.message.rstrip(".")
    if proof.undrafted:
        return f"a draft leaves this as it is: {'; '.join(proof.undrafted)}"
    if proof.left:
        return f"after it the schema is not as before: {'; '.join(proof.left)}"
    if proof.up_refused is not None:
        return f"after it the migration cannot be run again: {proof.up_refused.message.rstrip('.')}"
    return f"up again the schema differs: {'; '.join(proof.again)}" if proof.again else ""


def _way(
    judged: JudgedMigration,
    rehearsed: RehearsedMigration | None,
    kept: Collection[int],
    beyond: Beyond,
) -> tuple[RollbackWay, str]:
    """The class, and why no script leads back."""
    proof = rehearsed.down if rehearsed else None
    fault = fault_of(proof) if proof else ""
    if beyond.lost:
        return RollbackWay.RESTORE, fault
    if rehearsed is None or rehearsed.refused is not None:
        return RollbackWay.UNPROVED, ""
    if not beyond.any and _changes_nothing(rehearsed):
        return RollbackWay.NOTHING, ""
    if proof is None:
        return RollbackWay.UNPROVED, ""
    if fault:
        return RollbackWay.RESTORE, fault
    if (proof.differing and not kept) or (proof.drafted and beyond.any):
        # A draft is made from the catalogue, which says nothing of rows.
        return RollbackWay.RESTORE, ""
    if beyond.unknown and not proof.rows:
        # Nobody has looked whether its author's script brings the rows back.
        return RollbackWay.RESTORE, ""
    return RollbackWay.KEPT if kept else RollbackWay.REVERSIBLE, ""


def _changes_nothing(rehearsed: RehearsedMigration) -> bool:
    """Of the schema, as the rehearsal saw it."""
    found = rehearsed.changes
    return not any(
        True for part in (found.added, found.removed, found.changed) for _ in _seen(part)
    )


def _seen(changes: Sequence[Change]) -> Iterator[Change]:
    return (each for each in changes if each.kind not in _UNSEEN)


def _about_new(effects: Effects) -> bool:
    """Whether it writes to nothing but what is new with the same migration."""
    locks = (*effects.locks, *effects.if_rows)
    written = [each.new for each in locks if each.mode >= LockMode.ROW_EXCLUSIVE]
    return bool(written) and effects.understood and all(written)


def _columns_added(statement: Statement) -> Iterator[tuple[str, str]]:
    if statement.node != "AlterTableStmt":
        return
    table = str(statement.tree.get("relation", {}).get("relname", ""))
    for each in statement.tree.get("cmds", ()):
        command = each.get("AlterTableCmd", {})
        if command.get("subtype") == "AT_AddColumn":
            yield table, str(command.get("def", {}).get("ColumnDef", {}).get("colname", ""))


def _fills(statement: Statement, added: set[tuple[str, str]]) -> bool:
    """Whether it sets columns only that are new with the same migration."""
    if statement.node != "UpdateStmt":
        return False
    table = str(statement.tree.get("relation", {}).get("relname", ""))
    targets = [each.get("ResTarget", {}) for each in statement.tree.get("targetList", ())]
    return bool(targets) and all((table, str(each.get("name"))) in added for each in targets)
