"""What is tried with new migrations once they have run: down again, up again, and a second time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.adapters.postgres.rehearsal.performing import Performer
from bot.core.rehearsals.rehearsal import DownProof, SecondRun
from bot.core.rehearsals.rehearsal_order import NewMigration
from bot.core.schemas.schema import Snapshot, differences

Look = Callable[[], Snapshot]


@dataclass(frozen=True)
class Done:
    """A migration that has run, with the schema before and after it.

    They are empty where there is no down.sql to compare with: a snapshot is large.
    """

    migration: NewMigration
    before: Snapshot
    after: Snapshot


def prove_downs(done: Sequence[Done], performer: Performer, look: Look) -> dict[str, DownProof]:
    """What is proved of each down.sql by its migration's name, run as a rollback would.

    The newest is first. It ends at the first that does not lead back, and before a migration that
    has none. Afterwards the schema is that of the end again, if all of these are proved.
    """
    proofs: dict[str, DownProof] = {}
    undone: list[Done] = []
    for each in reversed(done):
        if each.migration.down is None:
            break
        proof = _down(each, performer, look)
        proofs[each.migration.name] = proof
        undone.append(each)
        if not proof.proved:
            break
    for each in reversed(undone):
        name = each.migration.name
        proofs[name] = _up_again(proofs[name], each, performer, look)
    return proofs


def prove_alone(done: Done, before: Sequence[Done], performer: Performer, look: Look) -> DownProof:
    """The same for one migration, in a place that holds the base and nothing else."""
    for each in (*before, done):
        refused = performer.perform(each.migration.parts)
        if refused is not None:
            return DownProof(refused=refused)
    return _up_again(_down(done, performer, look), done, performer, look)


def _down(done: Done, performer: Performer, look: Look) -> DownProof:
    assert done.migration.down is not None
    refused = performer.perform(done.migration.down)
    return DownProof(refused=refused, left=differences(done.before, look()).lines)


def _up_again(proof: DownProof, done: Done, performer: Performer, look: Look) -> DownProof:
    refused = performer.perform(done.migration.parts)
    again = () if refused else differences(done.after, look()).lines
    return replace(proof, up_refused=refused, again=again)


def run_again(done: Done, performer: Performer, look: Look) -> SecondRun:
    """The migration on what it has made: refused with nothing changed is as it should be."""
    parts = done.migration.parts
    atomic = len(parts) == 1 and parts[0].transactional
    before = {} if atomic else look()
    refused = performer.perform(parts)
    if atomic and refused is not None:
        return SecondRun(refused)
    return SecondRun(refused, () if atomic else differences(before, look()).lines)
