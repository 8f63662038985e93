"""What is tried with new migrations once they have run: down again, up again, and a second time."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.adapters.postgres.rehearsal.performing import Performer
from bot.core.rehearsals.proofs import DownProof, SecondRun
from bot.core.rehearsals.rehearsal_order import NewMigration, Part, drafted_parts
from bot.core.schemas.draft import Draft, Drafter
from bot.core.schemas.schema import POSITION, Snapshot, differences

# A column that comes again is the last: no script can help it. It is told.
_IGNORED = (POSITION,)

Look = Callable[[], Snapshot]
# Of each table how many rows it holds, and what they add up to.
Held = Mapping[str, tuple[int, str | None]]
Count = Callable[[], Held]


@dataclass(frozen=True)
class Done:
    """A migration that has run, with the schema before and after it, and the rows before it.

    They are empty where nothing is compared with them: a snapshot is large.
    """

    migration: NewMigration
    before: Snapshot
    after: Snapshot
    held: Held = field(default_factory=dict)


@dataclass(frozen=True)
class Proved:
    """By the names of migrations: the drafts that were made, and what came of each script."""

    proofs: Mapping[str, DownProof] = field(default_factory=dict)
    drafts: Mapping[str, Draft] = field(default_factory=dict)


@dataclass(frozen=True)
class _Script:
    """What takes a migration back. `draft` is None where its author wrote it; `loses` is then what
    goes with whatever the schema before does not have."""

    parts: tuple[Part, ...]
    draft: Draft | None = None
    loses: tuple[str, ...] = ()

    @property
    def proof(self) -> DownProof:
        """As long as it has not run."""
        draft = self.draft
        if draft is None:
            return DownProof(loses=self.loses)
        return DownProof(drafted=True, undrafted=draft.left, loses=draft.losses)


def prove_downs(
    done: Sequence[Done],
    performer: Performer,
    look: Look,
    *,
    drafter: Drafter | None = None,
    count: Count = dict,
    spoilt: Collection[str] = (),
) -> Proved:
    """What is proved of each script that takes one back, run as a rollback would.

    The newest is first. It ends at the first that does not lead back, and before a migration that
    has none. Afterwards the schema is that of the end again, if all of these are proved. The rows
    of `spoilt` tables are not compared: they are not those that the migrations left.
    """
    proofs: dict[str, DownProof] = {}
    passed = set(spoilt)
    reached: list[tuple[Done, _Script]] = []
    for each in reversed(done):
        script = _script_of(each, drafter)
        if script is None:
            break
        name = each.migration.name
        if script.proof.undrafted:
            proofs[name] = script.proof
            reached.append((each, script))
            break
        proofs[name] = _down(each, script, performer, look, count, passed)
        # What one leaves otherwise than it was is no fault of those before it.
        passed |= set(proofs[name].differing)
        reached.append((each, script))
        if not proofs[name].proved:
            break
    for each, script in reversed(reached):
        name = each.migration.name
        if script.parts and not proofs[name].undrafted:
            proofs[name] = _up_again(proofs[name], each, script, performer, look)
    drafts = {each.migration.name: one.draft for each, one in reached if one.draft is not None}
    return Proved(proofs, drafts)


def prove_alone(
    done: Done,
    before: Sequence[Done],
    performer: Performer,
    look: Look,
    *,
    drafter: Drafter | None = None,
) -> DownProof:
    """The same for one migration, in a place that holds the base and nothing else."""
    script = _script_of(done, drafter)
    assert script is not None, "only what has a script is proved alone"
    if script.proof.undrafted:
        return script.proof
    for each in (*before, done):
        refused = performer.perform(each.migration.parts)
        if refused is not None:
            return replace(script.proof, refused=refused)
    proof = _down(done, script, performer, look, dict)
    return _up_again(proof, done, script, performer, look) if script.parts else proof


def _script_of(done: Done, drafter: Drafter | None) -> _Script | None:
    down = done.migration.down
    if down is not None:
        return _Script(down, loses=losses_of(done, drafter))
    draft = _drafted(done, drafter)
    return None if draft is None else _Script(drafted_parts(draft.statements), draft)


def losses_of(done: Done, drafter: Drafter | None) -> tuple[str, ...]:
    """What goes with whatever the schema before does not have, by whatever script it goes."""
    draft = _drafted(done, drafter)
    return draft.losses if draft else ()


def _drafted(done: Done, drafter: Drafter | None) -> Draft | None:
    if drafter is None:
        return None
    renames = done.migration.renames
    known = {"renames": renames} if renames else {}
    return drafter(done.after, done.before, **known)


def _down(
    done: Done,
    script: _Script,
    performer: Performer,
    look: Look,
    count: Count,
    passed: Collection[str] = (),
) -> DownProof:
    refused = performer.perform(script.parts)
    seen = look()
    left = differences(done.before, seen, ignore=_IGNORED).lines
    held = count() if done.held and refused is None else {}
    differing = differing_in(done.held, held) - {*passed}
    return replace(
        script.proof,
        refused=refused,
        left=left,
        differing=tuple(sorted(differing)),
        moved=_moved(done.before, seen),
        rows=sum(rows for rows, _ in done.held.values()) if held else 0,
    )


def _moved(before: Snapshot, after: Snapshot) -> tuple[str, ...]:
    """The tables whose columns are all there, in another order."""
    changed = differences(before, after).changed
    tables = {each.identity.rpartition(".")[0] for each in changed if each.attributes == _IGNORED}
    return tuple(sorted(tables))


def differing_in(before: Held, after: Held) -> set[str]:
    """The tables that are in both, and hold something else."""
    return {name for name in before.keys() & after.keys() if before[name] != after[name]}


def _up_again(
    proof: DownProof, done: Done, script: _Script, performer: Performer, look: Look
) -> DownProof:
    refused = performer.perform(done.migration.parts)
    again = () if refused else differences(done.after, look(), ignore=_IGNORED).lines
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
