"""What is true of a target after a rollout was interrupted: read from its rows, never guessed."""

from collections.abc import Callable, Iterator, Sequence

from bot.core.findings.review import JudgedMigration
from bot.core.rollouts.checkpoint import Checkpoint, read_checkpoint
from bot.core.rollouts.holder import Holder
from bot.core.rollouts.outcome import Journal
from bot.core.rollouts.plan import Plan
from bot.core.targets.target import Target
from bot.errors import BotError, Interrupted
from bot.rollout.segments import segments_of
from bot.world import Database, World

_AGAIN = "Run the same again: it goes on where this one stopped."
_MOST_NAMES = 5
# The session that was told to stop takes a moment to end, and what it still commits counts.
_PATIENCE = 2.0
_POLL = 0.1

Judge = Callable[[Sequence[str]], Sequence[JudgedMigration]]


def was_interrupted(error: BaseException) -> bool:
    """Whether it is a signal, or came of what a signal has broken off."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, KeyboardInterrupt):
            return True
        seen = seen.__context__
    return False


def interruption_of(target: Target, journal: Journal, judge: Judge, world: World) -> Interrupted:
    """The error to end with, once the connection of the rollout is closed."""
    plan = journal.plan
    if plan is None or journal.begun is None:
        return Interrupted(
            f"The rollout to {target.name} was interrupted before it began a migration. Nothing "
            "was applied.",
            hint="Run the same again when you like.",
        )
    try:
        with world.connect(target) as database:
            return _looked_at(database, plan, judge, world)
    except (BotError, KeyboardInterrupt):
        # Interrupted once more, or nobody answers: then this is what holds in every case.
        return Interrupted(
            f"The rollout to {target.name} was interrupted while it applied {journal.begun}, and "
            f"{target.name} could not be asked how far that is. What was committed is applied, and "
            "nothing else.",
            hint=f"`migration-bot status {target.name}` shows how far it is. {_AGAIN}",
        )


def _looked_at(database: Database, plan: Plan, judge: Judge, world: World) -> Interrupted:
    holder = _last_holder(database, world)
    rows = {row.name: row for row in database.applied() if row.rolled_back_at is None}
    names = [each.name for each in plan.pending]
    applied = [name for name in names if name in rows and rows[name].finished]
    begun = {
        name: checkpoint
        for name in names
        if name in rows and (checkpoint := read_checkpoint(rows[name].logs)) is not None
    }
    rest = [name for name in names if name not in applied and name not in begun]
    said = [f"The rollout to {plan.target} was interrupted."]
    said += _listed("Applied, and stays: {}.", applied)
    said += [_partly(name, begun[name], judge) for name in begun]
    said += _listed("Nothing is applied of {}.", rest)
    if holder:
        said.append(f"{holder} still holds the migration lock, and may commit what it is at.")
    return Interrupted(" ".join(said), hint=_AGAIN)


def _last_holder(database: Database, world: World) -> Holder | None:
    """Who holds the migration lock after a moment; None as soon as nobody does."""
    for _ in range(round(_PATIENCE / _POLL)):
        if database.lock_holder() is None:
            return None
        world.sleep(_POLL)
    return database.lock_holder()


def _partly(name: str, checkpoint: Checkpoint, judge: Judge) -> str:
    """How much there is of one that is applied in parts."""
    (judged,) = judge([name])
    segments = segments_of(judged)
    left, batch = segments[checkpoint.steps :], checkpoint.batch
    if not left or not (checkpoint.steps or batch):
        said = f"{name} is begun, and none of its parts is committed."
    else:
        bits = f", and {batch.rows:,} rows of that line," if batch else ""
        said = f"Of {name} everything before line {left[0].line}{bits} is applied, and stays."
    if checkpoint.intent is not None and left:
        kind = left[0].statements[0].kind
        said += f" Its {kind} may be half done, which the next run looks after."
    return said


def _listed(words: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        more = len(names) - _MOST_NAMES
        listed = ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
        yield words.format(listed)
