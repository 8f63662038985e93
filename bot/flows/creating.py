"""A new migration: what the schema has and the history has not, judged before anybody runs it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from bot.core.findings.created import Created, CreatedDown
from bot.core.findings.review import Review
from bot.core.migrations.difference import EMPTY
from bot.core.migrations.history import Change, History
from bot.core.migrations.migration import PROVIDER, SCRIPT, Migration
from bot.core.migrations.naming import name_for
from bot.core.rehearsals.rehearsal_order import PUBLIC, NewMigration
from bot.errors import PostgresError, UsageError
from bot.fixing.fix import Wish, fix
from bot.flows.drafting import drafted_down
from bot.flows.reviewing.history import history_of
from bot.flows.reviewing.rehearsal_order import parts_of, schema_order
from bot.flows.reviewing.review import review_change, review_named
from bot.flows.targets.drifting import look_at
from bot.judge.transactions import splits
from bot.report.created_script import script_of
from bot.report.down_script import down_script
from bot.sql.extensions import extensions_in
from bot.sql.parse import parse
from bot.world import World
from bot.world.creating import ProjectPrisma, Shadow

_NO_SERVER = "Install PostgreSQL, or set MIGRATION_BOT_REHEARSAL_URL to a server that may be used."


@dataclass(frozen=True)
class CreateOrder:
    """`words` are what it is called, `purpose` what it is for. `target` is one to start from in
    place of the history, `schema` where schema.prisma is if not where Prisma looks."""

    words: str
    purpose: str = ""
    empty: bool = False
    down: bool = False
    target: str = ""
    schema: str | None = None


def created(order: CreateOrder, world: World) -> Created:
    """Write it into the checkout, and run it nowhere but on a shadow database.

    Raises UsageError for a name or a schema of which nothing can be made, PostgresError without a
    server to make the shadow database on.
    """
    history = history_of(world, optional=True)
    # Said before anything that takes time is done.
    name_for(order.words, history.names, world.now())
    if order.target:
        world.settings.target(order.target)
    if order.empty:
        return _written(order, f"{EMPTY}\n", history, world)
    found = _prisma(world).found(order.schema)
    with _shadow(history, order.target, world) as shadow:
        asked = f"asking Prisma {found.version} what {found.schema} changes"
        with world.console.waiting(asked):
            difference = found.difference(shadow.url)
        if difference.empty:
            return Created(difference=difference, target=order.target)
        made = _written(order, difference.sql, history, world)
        assert made.migration is not None
        with world.console.waiting(f"running {made.migration.name} on the history"):
            refused = _tried(made.migration, shadow, world)
    made = replace(made, difference=difference, target=order.target, refused=refused)
    return replace(made, down=_down(made.migration, world)) if order.down else made


def _prisma(world: World) -> ProjectPrisma:
    if world.project is None:
        raise UsageError(
            "There is nothing here that asks Prisma.",
            hint="`migration-bot create NAME --empty` needs neither Prisma nor Node.",
        )
    return world.project


@contextmanager
def _shadow(history: History, target: str, world: World) -> Iterator[Shadow]:
    """One that has run the history; and what was changed by hand in the target, if there is one."""
    if world.shadows is None:
        raise PostgresError("There is no PostgreSQL here for a shadow database.", hint=_NO_SERVER)
    schema, by_hand = _by_hand(target, history, world) if target else (PUBLIC, None)
    postgres = world.settings.postgres
    order = schema_order(history.migrations, [], world.settings, postgres=postgres, schema=schema)
    with ExitStack() as stack:
        with world.console.waiting("running the history on a throw-away server"):
            shadow = stack.enter_context(world.shadows.opened(order, world.console.say))
        if by_hand is not None:
            refused = shadow.run(_new(by_hand, postgres))
            if refused:
                raise PostgresError(
                    f"What was changed by hand in {target} does not run on the history: "
                    f"{refused.rstrip('.')}.",
                    hint=f"Look at it with `migration-bot drift {target}`, and start from the "
                    "history.",
                )
        yield shadow


def _by_hand(name: str, history: History, world: World) -> tuple[str, Migration | None]:
    """The schema that a target's unqualified names are in, and a script that makes of the history
    what the target has. Raises PostgresError where nobody can say what that is."""
    target = world.settings.target(name)
    look = look_at(target, history, world)
    if look.problem:
        raise PostgresError(
            f"{name} cannot be compared with its history: {look.problem.rstrip('.')}.",
            hint=look.hint or f"Look at it with `migration-bot drift {name}`.",
        )
    with world.connect(target) as database:
        schema = database.schema
    if look.record is None:
        return schema, None
    if not look.record.proved:
        raise PostgresError(
            f"What was changed by hand in {name} cannot be made elsewhere: "
            f"{look.record.problem.rstrip('.')}.",
            hint=f"Look at it with `migration-bot drift {name}`, and start from the history.",
        )
    said = f"what was changed by hand in {name}"
    return schema, Migration(said, said, look.record.sql)


def _new(migration: Migration, postgres: int) -> NewMigration:
    parts = parts_of(migration.sql, migration.name, postgres)
    return NewMigration(migration.name, migration.checksum, parts)


def _written(order: CreateOrder, sql: str, history: History, world: World) -> Created:
    # Asked again: it took a while, and somebody may have made another meanwhile.
    names = world.checkout.history(optional=True).names
    name = name_for(order.words, names, world.now())
    text = script_of(sql, purpose=order.purpose)
    migration = Migration(name, history.path_of(name, SCRIPT), text)
    lock = history.provider is None
    world.checkout.put_new(migration, lock=lock)
    beside = replace(history, provider=PROVIDER) if lock else history
    review, fixable = _judged(migration, beside, world)
    return Created(migration, lock=lock, review=review, fixable=fixable)


def _judged(migration: Migration, history: History, world: World) -> tuple[Review, tuple[str, ...]]:
    """As if a branch had just added it, and what `fix` would make of it."""
    head = replace(history, migrations=(*history.migrations, migration))
    review = review_named([migration.name], head, world)
    fixing = fix(
        Change(head=head, now=world.now(), base=history),
        lambda made: review_change(made, world),
        wish=Wish(),
        one_by_one=splits(world.settings.prisma),
    )
    rules = {rule for each in fixing.changed for rule in each.settled}
    return review, tuple(sorted(rules))


def _tried(migration: Migration, shadow: Shadow, world: World) -> str:
    """Run on top of the history: empty, or why that failed. The folder is there, and is told of
    whatever becomes of the server."""
    if extensions_in(parse(migration.sql).statements):
        # The place was opened for the extensions of the history alone; `rehearse` knows better.
        return ""
    try:
        return shadow.run(_new(migration, world.settings.postgres))
    except (PostgresError, UsageError) as error:
        return error.message


def _down(migration: Migration | None, world: World) -> CreatedDown:
    assert migration is not None
    try:
        draft = drafted_down(migration.name, world)
    except (PostgresError, UsageError) as error:
        return CreatedDown(problem=error.message)
    written = draft.proved and not draft.empty
    if written:
        world.checkout.put_down(draft.migration, down_script(draft))
    return CreatedDown(draft, written=written)
