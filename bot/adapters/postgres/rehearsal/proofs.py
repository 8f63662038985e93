"""What is tried with new migrations once they have run: down again, up again, and a second time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.adapters.postgres.rehearsal.performing import Performer
from bot.core.rehearsal import DownProof, Refusal, SecondRun, Stop
from bot.core.rehearsal_order import NewMigration
from bot.core.schema import Snapshot, differences

Look = Callable[[], Snapshot]


@dataclass(frozen=True)
class Done:
    """A migration that has run, with the schema before and after it."""

    migration: NewMigration
    before: Snapshot
    after: Snapshot


def prove_downs(done: Sequence[Done], performer: Performer, look: Look) -> dict[str, DownProof]:
    """Every down.sql by its migration's name: run as a rollback would, the newest first.

    What comes before a migration that cannot be taken back is not reached by a rollback either;
    it is said so. Afterwards the schema is that of the end again, if all are proved.
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
    for each in done:
        if each.migration.down is not None and each.migration.name not in proofs:
            proofs[each.migration.name] = _out_of_reach(done, proofs)
    return proofs


def _down(done: Done, performer: Performer, look: Look) -> DownProof:
    assert done.migration.down is not None
    refused = performer.perform(done.migration.down)
    return DownProof(refused=refused, left=differences(done.before, look()).lines)


def _up_again(proof: DownProof, done: Done, performer: Performer, look: Look) -> DownProof:
    refused = performer.perform(done.migration.parts)
    again = () if refused else differences(done.after, look()).lines
    return replace(proof, up_refused=refused, again=again)


def _out_of_reach(done: Sequence[Done], proofs: dict[str, DownProof]) -> DownProof:
    blocking = next(
        each.migration.name
        for each in reversed(done)
        if each.migration.down is None or not proofs[each.migration.name].proved
    )
    refusal = Refusal(
        Stop.NOT_POSSIBLE,
        f"{blocking} comes after it, and cannot be taken back.",
        hint=f"Give {blocking} a down.sql that leads back to the schema before it.",
    )
    return DownProof(refused=refusal)


def run_again(done: Done, performer: Performer, look: Look) -> SecondRun:
    """The migration on what it has made: refused with nothing changed is as it should be."""
    before = look()
    refused = performer.perform(done.migration.parts)
    return SecondRun(refused, differences(before, look()).lines)
