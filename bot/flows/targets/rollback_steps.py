"""What takes applied migrations back: their authors' down.sql, or drafts, tried on a throw-away
server that has run the same history."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core.findings.review import JudgedMigration
from bot.core.kept.kept import Kept, described
from bot.core.kept.loss import Losing
from bot.core.migrations.history import History
from bot.core.migrations.migration import DOWN_SCRIPT, Migration
from bot.core.rehearsals.proofs import DownProof
from bot.core.rehearsals.refusal import Stop
from bot.core.rehearsals.rehearsal_order import NewMigration, Order
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.rollback import script_of
from bot.core.rollouts.rollback_class import changed_by, fault_of, gone_by, unknown_of, writing
from bot.core.rollouts.rollback_steps import RollbackStep, Tried, untried
from bot.core.schemas.draft import Draft
from bot.core.targets.server import ServerFacts
from bot.errors import UsageError
from bot.flows.reviewing.rehearsal_order import parts_of, schema_order
from bot.flows.reviewing.review import cut_named
from bot.sql.losses import losses_of
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
        with world.console.waiting("running what takes them back on a throw-away server"):
            return world.downs.tried_back(_with_downs(order, texts, facts), world.console.say)
    except UsageError as error:
        return untried(error.message)


def steps_for(
    names: Sequence[str],
    tried: Tried,
    history: History,
    world: World,
    kept: Mapping[str, Sequence[Kept]],
) -> tuple[RollbackStep, ...]:
    """What takes each of them back, in the order given. `kept` is by name what the target has kept
    of what they destroyed."""
    texts = {each.name: each for each in history.migrations}
    judged = {each.migration.name: each for each in cut_named(names, history, world)}
    return tuple(_step(texts[name], judged[name], tried, kept.get(name, ())) for name in names)


def _with_downs(order: Order, texts: Mapping[str, Migration], facts: ServerFacts) -> Order:
    return replace(order, new=tuple(_with_down(each, texts, facts) for each in order.new))


def _with_down(
    new: NewMigration, texts: Mapping[str, Migration], facts: ServerFacts
) -> NewMigration:
    down = texts[new.name].down
    if not down:
        return new
    return replace(new, down=parts_of(down, f"{DOWN_SCRIPT} of {new.name}", facts.major))


def _step(
    migration: Migration, judged: JudgedMigration, tried: Tried, kept: Sequence[Kept]
) -> RollbackStep:
    lost, given = _lost(judged, kept), tuple(each.returning for each in kept)
    shelves = frozenset(each.shelf for each in kept)
    proof, problem = tried.proofs.get(migration.name), tried.expected.problem
    if migration.down:
        unproved = problem if proof is None else fault_of(proof)
        if proof is not None and unproved and _was_tried(proof):
            why = f"its {DOWN_SCRIPT} does not lead back: {unproved}"
            return RollbackStep(migration, lost=lost, why=why)
        script = script_of(migration, migration.down)
        return RollbackStep(
            migration,
            script,
            loses=proof.loses if proof else (),
            lost=lost,
            kept=given,
            unproved=unproved,
            shelves=shelves,
        )
    draft = tried.drafts.get(migration.name)
    why = _why_not(draft, proof, lost, problem, beyond=_beyond(judged, kept))
    if why or draft is None:
        return RollbackStep(migration, drafted=True, lost=lost, why=why)
    script = script_of(migration, text_of(draft))
    needing = (place for place, each in enumerate(draft.statements) if each.needs)
    return RollbackStep(
        migration,
        script,
        drafted=True,
        loses=draft.losses,
        lost=lost,
        kept=given,
        give_at=next(needing, None),
        shelves=shelves,
    )


def _was_tried(proof: DownProof) -> bool:
    """Whether it is the script that is wrong, and not the place where it was run."""
    refused = proof.refused or proof.up_refused
    return refused is None or refused.stop is Stop.REFUSED


def _lost(judged: JudgedMigration, kept: Sequence[Kept]) -> tuple[str, ...]:
    """What it has destroyed, and what was not kept of that. Of a column whose type it has changed
    the draft says what that means."""
    losses = (each for each in losses_of(judged) if each.kind is not Losing.TYPES)
    found = (each for each in losses if not any(one.covers(each) for one in kept))
    return tuple(
        dict.fromkeys(described(each.kind, each.relation, [*each.columns]) for each in found)
    )


def _beyond(judged: JudgedMigration, kept: Sequence[Kept]) -> str:
    """What it has done that no draft takes back; "" if there is nothing."""
    gone, changed, unknown = gone_by(judged), changed_by(judged), unknown_of(judged)
    if gone:
        return f"it has destroyed {', '.join(gone)}, and no script brings that back"
    if unknown:
        return f"what it has destroyed is not known: {'; '.join(unknown)}"
    if writing(judged) - {each.statement for each in kept}:
        return "it has changed rows, and only who wrote it knows how to change them back"
    return (
        f"a draft does not take back what it has changed: {', '.join(changed)}" if changed else ""
    )


def _why_not(
    draft: Draft | None,
    proof: DownProof | None,
    lost: Sequence[str],
    problem: str,
    *,
    beyond: str,
) -> str:
    """Why a draft is not to be run, "" if it is."""
    if lost:
        return f"it has destroyed {', '.join(lost)}, and no script brings that back"
    if beyond:
        return beyond
    if draft is None:
        return f"it has no {DOWN_SCRIPT}, and none could be drafted: {problem or 'nobody tried'}"
    if draft.left:
        return f"it has no {DOWN_SCRIPT}, and a draft leaves this as it is: {'; '.join(draft.left)}"
    fault = "nobody has tried its draft" if proof is None else fault_of(proof)
    return f"it has no {DOWN_SCRIPT}, and the draft of one is not proved: {fault}" if fault else ""


def text_of(draft: Draft) -> str:
    return "".join(f"{each.sql.rstrip().removesuffix(';')};\n" for each in draft.statements)
