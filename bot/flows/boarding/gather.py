"""Gathering a board of one database: the history from the checkout, everything else by asking."""

from dataclasses import dataclass, replace

from bot import __version__
from bot.core.board.board import Board, TargetBoard
from bot.core.board.unread import Unread
from bot.core.findings.review import JudgedMigration, Review
from bot.core.migrations.history import Change, History
from bot.errors import BotError
from bot.flows.boarding.schema import schema_board
from bot.flows.boarding.target import target_board
from bot.flows.reviewing.rehearsal import rehearsed
from bot.flows.reviewing.review import review_change
from bot.rehearsing.by_itself import each_by_itself
from bot.world import World


@dataclass(frozen=True)
class Asked:
    """What takes longer, and is only done for who asked: running the whole history on a throw-away
    server, and looking for drift."""

    rehearse: bool = False
    drift: bool = False


def board_of(world: World, asked: Asked) -> Board:
    """Raises UsageError where there is no history to show; nothing for what does not answer."""
    now = world.now()
    change = world.checkout.everything(now)
    history = change.head
    many = len(history.migrations)
    world.console.say(f"judging {many:,} migration{'' if many == 1 else 's'}")
    review, missing = _reviewed(change, world, asked)
    targets = _targets(history, world, asked)
    found = Board(
        at=now,
        version=__version__,
        project=_project(world),
        folder=history.folder,
        review=review,
        migrations=_all(history, review),
        targets=targets,
        database=world.settings.database,
        commit=_commit(world),
        repository=_repository(world),
    )
    schema, unknown = schema_board(history, found.urgent_first, world, rehearse=asked.rehearse)
    unread = (*_left_out(history), *missing, *unknown, *_github(world))
    return replace(found, schema=schema, unread=unread)


def _reviewed(change: Change, world: World, asked: Asked) -> tuple[Review, tuple[Unread, ...]]:
    review = review_change(change, world)
    what = "what a rehearsal measures: times, locks, rewrites, and whether down.sql leads back"
    if not asked.rehearse:
        why = "nobody asked for one: it runs the whole history on a throw-away server"
        hint = "Add `--rehearse` to `migration-bot report`."
        return review, (Unread(what, why, hint, asked=False),)
    if world.rehearsals is None:
        return review, (Unread(what, "nothing here can run one", "Install PostgreSQL."),)
    review = each_by_itself(rehearsed(review, change, world))
    problem = review.rehearsal.problem if review.rehearsal else ""
    if not problem:
        return review, ()
    hint = review.rehearsal.hint if review.rehearsal else ""
    return review, (Unread(what, problem, hint),)


def _targets(history: History, world: World, asked: Asked) -> tuple[TargetBoard, ...]:
    found = []
    for target in world.settings.in_order:
        with world.console.waiting(f"asking {target.name}"):
            found.append(target_board(target, history, world, drift=asked.drift))
    return tuple(found)


def _all(history: History, review: Review) -> tuple[JudgedMigration, ...]:
    """Those of the baseline as well, of which nothing was judged."""
    judged = {each.migration.name: each for each in review.migrations}
    return tuple(judged.get(each.name) or JudgedMigration(each) for each in history.migrations)


def _left_out(history: History) -> tuple[Unread, ...]:
    hint = "`migration-bot check --all` shows each with what mends it."
    found = [Unread(path, f"it cannot be read: {why}", hint) for path, why in _unreadable(history)]
    found += [Unread(name, "it has no migration.sql", hint) for name in history.incomplete]
    return tuple(found)


def _unreadable(history: History) -> list[tuple[str, str]]:
    return sorted((history.unreadable or {}).items())


def _github(world: World) -> tuple[Unread, ...]:
    if world.github is not None:
        return ()
    what = "reviews and deployments on GitHub, by which gates are told"
    hint = "Set GITHUB_TOKEN and GITHUB_REPOSITORY where `migration-bot report` runs."
    return (Unread(what, "no GitHub token is at hand", hint),)


def _commit(world: World) -> str:
    """ "" outside of a git repository, and in one without a commit."""
    try:
        return world.checkout.head()
    except BotError:
        return ""


def _repository(world: World) -> str:
    return world.runner.run("").repository_url if world.runner else ""


def _project(world: World) -> str:
    """`acme/shop` where GitHub says so: what a folder is called is nobody's business."""
    return world.environ.get("GITHUB_REPOSITORY") or "Migrations"
