"""Rehearsing what a branch adds: asked of a server, set beside the prediction, and judged."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from bot.core.backups.backup import StoredBackup
from bot.core.findings.review import JudgedMigration, Review
from bot.core.findings.rule import Rule, name_of
from bot.core.github.event import request_of
from bot.core.github.request import CheckRequest, CommandRequest
from bot.core.migrations.history import Change
from bot.core.rehearsals.proofs import DownProof
from bot.core.rehearsals.rehearsal import (
    DataKind,
    HistoryRefusal,
    Rehearsal,
    RehearsedMigration,
    RehearsedStatement,
)
from bot.core.rehearsals.rehearsal_order import DataOrder, Order
from bot.core.settings import CONFIG_PATH
from bot.errors import PostgresError, UsageError
from bot.flows.reviewing.model import model_order
from bot.flows.reviewing.rehearsal_order import Wanted, order_for, parts_of
from bot.judge.rehearsed import with_rehearsal
from bot.rehearsing.agreement import disagreements
from bot.rehearsing.estimates import estimates_of
from bot.rules import RULES
from bot.sql.parse import parse
from bot.world import World

SILENT_FOR = timedelta(seconds=2)


def rehearsed(
    review: Review,
    change: Change,
    world: World,
    rules: Sequence[Rule] = RULES,
    *,
    required: bool = False,
) -> Review:
    """The review with a rehearsal of its migrations in it, and with what follows from that.

    Without new migrations there is nothing to rehearse. Where there is no server to do it on, the
    review says so, or it is an error if a rehearsal is `required`.
    """
    if not review.migrations or world.rehearsals is None:
        return review
    settings = world.settings
    return with_rehearsal(
        review,
        _compared(_rehearsal(review, change, world, required=required), review, world),
        rules,
        folder=change.head.folder,
        today=change.now.date(),
        severities=settings.severities,
        known=[name_of(rule) for rule in RULES],
        exclusions=settings.exclusions,
        options=settings.options,
    )


def _rehearsal(review: Review, change: Change, world: World, *, required: bool) -> Rehearsal:
    try:
        model = model_order(change.head.project, world.prisma)
        wanted = order_for(change, review, world.settings, _data(world), model)
        with world.console.waiting("rehearsing"), _at_hand(wanted.order, world) as order:
            found = _run(order, world)
    except (PostgresError, UsageError) as error:
        if required:
            raise
        return Rehearsal(problem=error.message, hint=error.hint)
    found = replace(found, migrations=tuple(_with_down(each, wanted) for each in found.migrations))
    if found.base.refused is not None or any(each.refused for each in found.migrations):
        return found
    return replace(found, migrations=(*found.migrations, *wanted.impossible))


def _with_down(rehearsed: RehearsedMigration, wanted: Wanted) -> RehearsedMigration:
    """With what is wrong with a down.sql that could not even be read."""
    refused = wanted.unread_downs.get(rehearsed.name)
    if refused is None or rehearsed.refused is not None:
        return rehearsed
    return replace(rehearsed, down=DownProof(refused=refused))


def _run(order: Order, world: World) -> Rehearsal:
    """Where the history stops and it is not known at which statement, once more to find that."""
    assert world.rehearsals is not None
    note = _progress(world)
    found = world.rehearsals.run(order, note)
    refused = found.base.refused
    if refused is None or refused.line:
        return found
    finer = _statement_by_statement(order, refused)
    return found if finer == order else world.rehearsals.run(finer, note)


def _progress(world: World) -> Callable[[str], None]:
    """Says how far it is, once it has taken long enough to be wondered at."""
    began = world.now()

    def note(text: str) -> None:
        if world.now() - began >= SILENT_FOR:
            world.console.say(text)

    return note


def _statement_by_statement(order: Order, refused: HistoryRefusal) -> Order:
    try:
        base = tuple(
            replace(each, parts=parts_of(each.sql, each.name, order.postgres))
            if each.name == refused.migration
            else each
            for each in order.base
        )
    except UsageError:
        return order
    return replace(order, base=base)


def _data(world: World) -> DataOrder:
    wanted = world.settings.rehearsal
    seed = ""
    if wanted.data is DataKind.SEED:
        seed = world.seed() or ""
    statements = tuple(each.sql for each in parse(seed).statements)
    sizes = world.sizes() if wanted.data is not DataKind.NONE else None
    backup = _backup(world) if wanted.data is DataKind.BACKUP else None
    return DataOrder(wanted.data, seed=statements, budget=wanted.budget, sizes=sizes, backup=backup)


def _backup(world: World) -> StoredBackup:
    """The one to start from. Raises UsageError where it may not be used, BackupError without it."""
    target = world.settings.rehearsal.target
    if target is None:
        raise UsageError(
            "It is not known whose backup to rehearse on.",
            hint=f"Name a target as `rehearsal.target` in {CONFIG_PATH}.",
        )
    _require_own_branch(world)
    found = world.backups.newest(world.settings.target(target))
    world.console.say(f"running on real rows: the backup {found.manifest.id}")
    return found


@contextmanager
def _at_hand(order: Order, world: World) -> Iterator[Order]:
    """With the backup's files on this machine, if it starts from one that is kept elsewhere."""
    backup = order.data.backup
    if backup is None or backup.place is not None:
        yield order
        return
    with world.backups.opened(backup, world.console.say) as place:
        yield replace(order, data=replace(order.data, backup=replace(backup, place=place)))


def _require_own_branch(world: World) -> None:
    """Whoever writes a pull request's SQL reads the rows that it runs on: names of objects and
    texts of errors can be made of them. That is for those who may push."""
    if world.runner is None:
        return
    event = world.runner.event()
    request = request_of(event.name, event.payload, sha=event.sha)
    if isinstance(request, CommandRequest) or (isinstance(request, CheckRequest) and request.fork):
        raise UsageError(
            "A pull request from a fork is not rehearsed on a backup: its SQL could read the rows.",
            hint="Push the branch to this repository once somebody has read it, and rehearse "
            "there; or set `rehearsal.data` to synthetic.",
        )


def _compared(found: Rehearsal, review: Review, world: World) -> Rehearsal:
    """With the prediction set beside each measurement, and carried over to the target's size."""
    judged = {each.migration.name: each for each in review.migrations}
    return replace(
        found,
        migrations=tuple(
            _estimated(_agreeing(each, judged[each.name]), judged[each.name], found, world)
            for each in found.migrations
        ),
    )


def _agreeing(rehearsed: RehearsedMigration, judged: JudgedMigration) -> RehearsedMigration:
    effects = {each.statement.index: each.effects for each in judged.statements}

    def compared(each: RehearsedStatement) -> RehearsedStatement:
        if each.measured is None or each.index not in effects:
            return each
        return replace(each, disagreements=disagreements(effects[each.index], each.measured))

    return replace(rehearsed, statements=tuple(map(compared, rehearsed.statements)))


def _estimated(
    rehearsed: RehearsedMigration, judged: JudgedMigration, found: Rehearsal, world: World
) -> RehearsedMigration:
    target = world.sizes() if found.sizes else None
    if target is None:
        return rehearsed
    pairs = [
        (each, measured)
        for each in judged.statements
        if (measured := rehearsed.measured(each.statement.index)) is not None
    ]
    return replace(rehearsed, estimates=estimates_of(pairs, found.sizes, target))
