"""Looking for drift: what a target has, beside what its applied migrations make elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.core.drift.look import Actual, DriftOrder, DriftState, Look
from bot.core.migrations.history import History
from bot.core.migrations.migration import Migration
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.standing import MigrationState, Standing
from bot.core.targets.target import Target
from bot.errors import PostgresError, UsageError
from bot.flows.reviewing.rehearsal_order import schema_order
from bot.flows.targets.standing import forecast
from bot.world import Database, World

_NO_SERVER = "there is no PostgreSQL here to run the history on"
_SETTLE = "Settle it first: `migration-bot status {}` says how."
_MOST = 3


@dataclass(frozen=True)
class _Seen:
    """A target as it stood while nobody was at it."""

    plan: Plan
    actual: Actual


def look_at(target: Target, history: History, world: World, *, named: bool = True) -> Look:
    """Nothing is locked or written. Raises PostgresError if a target that was named does not
    answer; of another that is the answer."""
    began = world.now()
    blank = Look(target.name, target.kind, DriftState.UNKNOWN, began)
    if not named and not target.is_set(world.environ):
        return replace(blank, state=DriftState.UNSET, problem=f"{target.url_env} is not set")
    try:
        with (
            world.connect(target) as database,
            world.console.waiting(f"reading the catalogue of {target.name}"),
        ):
            seen = _see(target, history, database)
    except PostgresError as error:
        if named:
            raise
        return replace(blank, problem=error.message, hint=error.hint)
    if isinstance(seen, str):
        return replace(blank, state=DriftState.RUNNING, problem=seen)
    found = _compared(seen, target, history, world, blank)
    return replace(found, seconds=(world.now() - began).total_seconds())


def _see(target: Target, history: History, database: Database) -> _Seen | str:
    """Or what is going on there: a rollout is not drift."""
    busy = _busy(database)
    if busy:
        return busy
    plan = forecast(target, history, database)
    if plan.interrupted or plan.running:
        name = (*plan.interrupted, *plan.running)[0]
        return f"{name} was begun there, and is not finished: the next rollout goes on with it"
    actual = database.actual()
    busy = _busy(database)
    if busy:
        return busy
    if forecast(target, history, database).applied != plan.applied:
        return "a rollout came in between"
    return _Seen(plan, actual)


def _again(target: Target, world: World) -> Actual | None:
    """For the scripts alone: what differs is known by now, so that nothing of this is an error."""
    try:
        with world.connect(target) as database:
            if _busy(database):
                return None
            return database.actual(links=True)
    except PostgresError:
        return None


def _busy(database: Database) -> str:
    holder = database.lock_holder()
    return f"the migration lock is held by {holder}" if holder is not None else ""


def _compared(seen: _Seen, target: Target, history: History, world: World, blank: Look) -> Look:
    blank = replace(blank, applied=len(seen.plan.applied), unseen=seen.actual.unseen)
    untold = _not_comparable(seen.plan)
    if untold:
        hint = _SETTLE.format(target.name)
        return replace(blank, problem=untold, hint=hint, disagrees=True)
    if world.schemas is None:
        return replace(
            blank, problem=_NO_SERVER, hint="Install PostgreSQL, or give a server's URL."
        )
    applied = [_text(each, history, world) for each in _applied(seen.plan)]
    lost = [each for each in applied if isinstance(each, str)]
    if lost:
        return replace(blank, problem=_lost(lost), hint=_SETTLE.format(target.name), disagrees=True)
    try:
        order = schema_order(
            [each for each in applied if isinstance(each, Migration)],
            (),
            world.settings,
            postgres=seen.actual.major,
            schema=seen.actual.schema,
        )
    except UsageError as error:
        return replace(blank, problem=error.message, hint=error.hint)
    with world.console.waiting(f"running what {target.name} has applied elsewhere"):
        compared = world.schemas.compare(
            DriftOrder(order, seen.actual, target.drift_policy, partial(_again, target, world)),
            world.console.say,
        )
    if compared.problem:
        hint = "Look at it with `migration-bot rehearse --all`."
        return replace(blank, problem=compared.problem, hint=hint)
    found = compared.deviations
    state = DriftState.DRIFTED if found.told else DriftState.CLEAN
    return replace(blank, state=state, deviations=found, mend=compared.mend, record=compared.record)


def _not_comparable(plan: Plan) -> str:
    """Why nobody can say what should be there."""
    if plan.unbaselined:
        return "it has tables, and no migrations table that says where they come from"
    if plan.failed:
        return f"{plan.failed[0]} failed there, and nobody knows how much of it is left"
    return ""


def _applied(plan: Plan) -> Iterator[Standing]:
    """What has made the schema; a squash stands for what it replaces."""
    for each in plan.standings:
        finished = each.row is not None and each.row.finished
        if finished and each.state is not MigrationState.REPLACED:
            yield each


def _text(standing: Standing, history: History, world: World) -> Migration | str:
    """As it was applied: where the checkout has another, git knows it. Or the name of one that
    nobody knows."""
    assert standing.row is not None
    here = history.find(standing.name)
    if here is not None and standing.state is not MigrationState.EDITED:
        return here
    try:
        sql = world.checkout.text_with(standing.name, standing.row.checksum)
    except UsageError:
        sql = None
    return standing.name if sql is None else Migration(standing.name, standing.path, sql)


def _lost(names: Sequence[str]) -> str:
    listed = ", ".join(names[:_MOST])
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"no commit has the text that it applied of {listed}{more}"
