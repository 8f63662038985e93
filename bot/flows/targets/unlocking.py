"""Ending the session that holds the migration lock of a target, because its rollout is dead."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from bot.core.rollouts.holder import Holder
from bot.core.targets.target import Target
from bot.errors import PostgresError
from bot.report.terminal.lines import drawn, line
from bot.world import Database, World

# A runner that is alive tidies up when its statement is cancelled, and ends by itself.
_TO_TIDY_UP = 5.0
_TO_END = 10.0
_POLL = 0.2


def unlock(target: Target, world: World, agree: Callable[[], bool]) -> bool:
    """Show who holds the lock, and if that is agreed to end each session that does.

    Returns whether the lock is free. Raises PostgresError if a session may not be ended, or does
    not end.
    """
    with world.connect(target) as database:
        holders = database.lock_holders()
        if not holders:
            world.console.show(f"Nobody holds the migration lock of {target.name}.")
            return True
        _show(_shown(target, holders), world)
        if not agree():
            world.console.show("Nothing was ended.")
            return False
        for each in holders:
            _end(each, database, world)
        _show(_what_is_next(target, holders, database.lock_holders()), world)
        return True


def _show(texts: Iterable[str], world: World) -> None:
    page = world.console.page
    world.console.show(drawn(map(line, texts), width=page.width, colour=page.colour))


def _shown(target: Target, holders: Sequence[Holder]) -> Iterator[str]:
    for each in holders:
        yield f"The migration lock of {target.name} is held by {each.words}."
        if each.stranded:
            yield (
                "It does nothing, and Prisma is never idle for so long: it looks as if a pooler "
                "had kept the lock of a client that is gone."
            )
        elif each.idle and each.ours:
            yield "A rollout is idle only while its backup is taken: make sure that it is dead."


def _end(holder: Holder, database: Database, world: World) -> None:
    """First what it is doing, then the session. One that has let go meanwhile is left alone."""
    if not holder.idle and database.cancel(holder) and _gone(holder, _TO_TIDY_UP, database, world):
        world.console.say(f"process {holder.pid} ended when its statement was cancelled")
        return
    if not database.terminate(holder):
        world.console.say(f"process {holder.pid} has let go of the lock by itself")
        return
    if not _gone(holder, _TO_END, database, world):
        raise PostgresError(
            f"Process {holder.pid} was told to end and still holds the migration lock.",
            hint="It ends as soon as the server can stop what it is doing. Look for it in "
            "pg_stat_activity, and at the server's log.",
        )
    world.console.say(f"the session of process {holder.pid} was ended")


def _gone(holder: Holder, seconds: float, database: Database, world: World) -> bool:
    with world.console.waiting(f"waiting for process {holder.pid} to let go of the lock"):
        return _has_gone(holder, seconds, database, world)


def _has_gone(holder: Holder, seconds: float, database: Database, world: World) -> bool:
    for _ in range(round(seconds / _POLL)):
        held = {(each.pid, each.since) for each in database.lock_holders()}
        if (holder.pid, holder.since) not in held:
            return True
        world.sleep(_POLL)
    return False


def _what_is_next(target: Target, ended: Sequence[Holder], now: Sequence[Holder]) -> Iterator[str]:
    if now:
        yield f"The session was ended, and now {now[0]} holds the migration lock."
        yield "If that is the same rollout, its process is alive: stop that first."
        return
    yield f"The migration lock of {target.name} is free. What was committed stays."
    if any(each.ours for each in ended):
        yield f"Run `migration-bot apply {target.name}` again: it goes on where that rollout was."
    else:
        yield f"`migration-bot status {target.name}` shows what that session has left behind."
