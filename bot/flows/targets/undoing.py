"""What takes applied migrations back: their authors' down.sql, or drafts, tried on a throw-away
server that has run the same history."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core.findings.review import JudgedMigration
from bot.core.migrations.history import History
from bot.core.migrations.migration import DOWN_SCRIPT, Migration
from bot.core.rehearsals.rehearsal import DownProof
from bot.core.rehearsals.rehearsal_order import NewMigration, Order
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.rollback import script_of
from bot.core.rollouts.rollback_class import fault_of, lost_by, writes_rows
from bot.core.rollouts.undoing import Tried, Undo, untried
from bot.core.schemas.draft import Draft
from bot.core.targets.server import ServerFacts
from bot.errors import UsageError
from bot.flows.reviewing.rehearsal_order import parts_of, schema_order
from bot.flows.reviewing.review import cut_named
from bot.world import World

_NO_SERVER = "there is no PostgreSQL here to try it on"


def tried_for(
    names: Sequence[str],
    plan: Plan,
    history: History,
    facts: ServerFacts,
    schema: str,
    world: World,
) -> Tried:
    """These migrations, the newest first, tried back on what the target's history makes.

    `facts` and `schema` are the target's. What cannot be known is said in the answer.
    """
    if world.downs is None:
        return untried(_NO_SERVER)
    texts = {each.name: each for each in history.migrations}
    taken = [texts[name] for name in reversed(names)]
    left = [texts[name] for name in plan.applied if name in texts and name not in names]
    try:
        order = schema_order(left, taken, world.settings, postgres=facts.major, schema=schema)
        return world.downs.tried_back(_with_downs(order, texts, facts), world.console.say)
    except UsageError as error:
        return untried(error.message)


def undos_for(
    names: Sequence[str], tried: Tried, history: History, world: World
) -> tuple[Undo, ...]:
    """What takes each of them back, in the order given."""
    texts = {each.name: each for each in history.migrations}
    judged = {each.migration.name: each for each in cut_named(names, history, world)}
    return tuple(_undo(texts[name], judged[name], tried) for name in names)


def _with_downs(order: Order, texts: Mapping[str, Migration], facts: ServerFacts) -> Order:
    return replace(order, new=tuple(_with_down(each, texts, facts) for each in order.new))


def _with_down(
    new: NewMigration, texts: Mapping[str, Migration], facts: ServerFacts
) -> NewMigration:
    down = texts[new.name].down
    if not down:
        return new
    return replace(new, down=parts_of(down, f"{DOWN_SCRIPT} of {new.name}", facts.major))


def _undo(migration: Migration, judged: JudgedMigration, tried: Tried) -> Undo:
    lost = lost_by(judged)
    proof, problem = tried.proofs.get(migration.name), tried.expected.problem
    if migration.down:
        unproved = problem if proof is None else fault_of(proof)
        return Undo(migration, script_of(migration, migration.down), lost=lost, unproved=unproved)
    draft = tried.drafts.get(migration.name)
    why = _why_not(judged, draft, proof, lost, problem)
    if why or draft is None:
        return Undo(migration, drafted=True, lost=lost, why=why)
    script = script_of(migration, text_of(draft))
    return Undo(migration, script, drafted=True, loses=draft.losses, lost=lost)


def _why_not(
    judged: JudgedMigration,
    draft: Draft | None,
    proof: DownProof | None,
    lost: Sequence[str],
    problem: str,
) -> str:
    """Why a draft is not to be run, "" if it is."""
    if lost:
        return f"it has deleted {', '.join(lost)}, and no script brings that back"
    if writes_rows(judged):
        return "it has changed rows, and only who wrote it knows how to change them back"
    if draft is None:
        return f"it has no {DOWN_SCRIPT}, and none could be drafted: {problem or 'nobody tried'}"
    if draft.left:
        return f"it has no {DOWN_SCRIPT}, and a draft leaves this as it is: {'; '.join(draft.left)}"
    fault = "nobody has tried its draft" if proof is None else fault_of(proof)
    return f"it has no {DOWN_SCRIPT}, and the draft of one is not proved: {fault}" if fault else ""


def text_of(draft: Draft) -> str:
    return "".join(f"{each.sql.rstrip().removesuffix(';')};\n" for each in draft.statements)
