"""How a migration can be taken back: one of four classes, from what it does and what was proved.

A failure while it is applied is no rollback: an atomic one leaves nothing behind, and any other
goes on where it stopped.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.core.findings.review import JudgedMigration, JudgedStatement
from bot.core.kept.loss import Loss
from bot.core.migrations.effects import Effects, LockMode
from bot.core.migrations.statement import Statement
from bot.core.rehearsals.proofs import DownProof
from bot.core.rehearsals.rehearsal import RehearsedMigration
from bot.core.schemas.schema import Change

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
class RollbackClass:
    """One migration's. `drafted` says that the bot has drafted the script, and nobody wrote one.

    `loses` is what taking it back deletes of what was written since, `lost` what applying it
    deletes. `writes` says that it changes rows that were there, and `differing` are the tables that
    held other rows after up and down in the rehearsal, `moved` those whose columns stood in another
    order. `fault` is why no script leads back.
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
    lost, writes = lost_by(judged, but=there), bool(writing(judged) - there)
    way, fault = _way(judged, rehearsed, there, lost=bool(lost), writes=writes)
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
    return tuple(found)


def writes_rows(judged: JudgedMigration) -> bool:
    return bool(writing(judged))


def writing(judged: JudgedMigration) -> frozenset[int]:
    """The statements that change rows of what was there, otherwise than in columns that the
    migration adds itself."""
    added = {each for one in judged.statements for each in _columns_added(one.statement)}
    return frozenset(
        each.statement.index
        for each in judged.statements
        if _writes(each) and not _about_new(each.effects) and not _fills(each.statement, added)
    )


def _owner(name: str) -> str:
    """The table of a column."""
    return name.rpartition(".")[0]


def _writes(judged: JudgedStatement) -> bool:
    """A SELECT may, by what it calls and by its WITH; its lock tells."""
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
    *,
    lost: bool,
    writes: bool,
) -> tuple[RollbackWay, str]:
    """The class, and why no script leads back. `lost` and `writes` are of what is not kept."""
    proof = rehearsed.down if rehearsed else None
    fault = fault_of(proof) if proof else ""
    if lost:
        return RollbackWay.RESTORE, fault
    if rehearsed is None or rehearsed.refused is not None:
        return RollbackWay.UNPROVED, ""
    if _changes_nothing(judged, rehearsed):
        return RollbackWay.NOTHING, ""
    if proof is None:
        return RollbackWay.UNPROVED, ""
    if fault:
        return RollbackWay.RESTORE, fault
    if (proof.differing and not kept) or (proof.drafted and writes):
        # A draft is made from the catalogue, which says nothing of rows.
        return RollbackWay.RESTORE, ""
    return RollbackWay.KEPT if kept else RollbackWay.REVERSIBLE, ""


def _changes_nothing(judged: JudgedMigration, rehearsed: RehearsedMigration) -> bool:
    """As the rehearsal saw it; code may do something else on other rows."""
    found = rehearsed.changes
    seen = [each for part in (found.added, found.removed, found.changed) for each in _seen(part)]
    return not seen and not writes_rows(judged)


def _seen(changes: Sequence[Change]) -> Iterator[Change]:
    return (each for each in changes if each.kind not in _UNSEEN)


def _about_new(effects: Effects) -> bool:
    """Whether it touches nothing but what is new with the same migration."""
    locks = (*effects.locks, *effects.if_rows)
    return bool(locks) and effects.understood and all(each.new for each in locks)


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
