"""What is true of a target after a rollout was interrupted: read from its rows, never guessed."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.core.findings.review import JudgedMigration
from bot.core.migrations.migration import AppliedMigration
from bot.core.rollouts.checkpoint import Checkpoint, read_checkpoint
from bot.core.rollouts.holder import Holder
from bot.core.rollouts.outcome import Journal
from bot.core.rollouts.plan import Plan
from bot.core.targets.target import Target
from bot.errors import BotError, Interrupted
from bot.rollout.segments import segments_of
from bot.world import Database, World

_AGAIN = "Run the same again: it goes on where this one stopped."
_AGAIN_BACK = "Run the same again with `--to`: it goes on where this one stopped."
_MOST_NAMES = 5
# The session that was told to stop takes a moment to end, and what it still commits counts.
_PATIENCE = 2.0
_POLL = 0.1

Judge = Callable[[Sequence[str]], Sequence[JudgedMigration]]


def interruption_of(
    target: Target, journal: Journal, judge: Judge, world: World, *, backwards: bool = False
) -> Interrupted:
    """The error to end with, once the connection of the rollout is closed."""
    what, did, done = f"The rollout to {target.name}", "applied", "applied"
    if backwards:
        what, did, done = f"The rollback of {target.name}", "took back", "taken back"
    plan = journal.plan
    if plan is None or journal.begun is None:
        return Interrupted(
            f"{what} was interrupted before it began a migration. Nothing was {done}.",
            hint="Run the same again when you like.",
        )
    try:
        with world.connect(target) as database:
            return _looked_at(database, plan, judge, world)
    except (BotError, KeyboardInterrupt):
        # Interrupted once more, or nobody answers: then this is what holds in every case.
        again = _AGAIN_BACK if backwards else _AGAIN
        return Interrupted(
            f"{what} was interrupted while it {did} {journal.begun}, and {target.name} could not "
            f"be asked how far that is. What was committed is {done}, and nothing else.",
            hint=f"`migration-bot status {target.name}` shows how far it is. {again}",
        )


def _looked_at(database: Database, plan: Plan, judge: Judge, world: World) -> Interrupted:
    holder = _last_holder(database, world)
    rows = {row.name: row for row in database.applied() if row.rolled_back_at is None}
    names = [each.name for each in plan.pending]
    if plan.backwards:
        return _taken_back(plan, names, rows, judge, holder)
    applied = [name for name in names if name in rows and rows[name].finished]
    begun = {
        name: checkpoint
        for name in names
        if name in rows and (checkpoint := read_checkpoint(rows[name].logs)) is not None
    }
    rest = [name for name in names if name not in applied and name not in begun]
    said = [f"The rollout to {plan.target} was interrupted."]
    said += _listed("Applied, and stays: {}.", applied)
    said += [_partly(name, begun[name], judge, "applied") for name in begun]
    said += _listed("Nothing is applied of {}.", rest)
    return Interrupted(" ".join([*said, *_held(holder)]), hint=_AGAIN)


def _taken_back(
    plan: Plan,
    names: Sequence[str],
    rows: Mapping[str, AppliedMigration],
    judge: Judge,
    holder: Holder | None,
) -> Interrupted:
    """The same of a plan that points backwards: what has no row that counts is taken back."""
    done = [name for name in names if name not in rows]
    begun = {
        name: checkpoint
        for name in names
        if name in rows and (checkpoint := read_checkpoint(rows[name].logs)) is not None
    }
    rest = [name for name in names if name in rows and name not in begun]
    said = [f"The rollback of {plan.target} was interrupted."]
    said += _listed("Taken back, and stays so: {}.", done)
    said += [_partly(name, begun[name], judge, "taken back") for name in begun]
    said += _listed("Applied as before: {}.", rest)
    return Interrupted(" ".join([*said, *_held(holder)]), hint=_AGAIN_BACK)


def _held(holder: Holder | None) -> Iterator[str]:
    if holder:
        yield f"{holder} still holds the migration lock, and may commit what it is at."


def _last_holder(database: Database, world: World) -> Holder | None:
    """Who holds the migration lock after a moment; None as soon as nobody does."""
    for _ in range(round(_PATIENCE / _POLL)):
        if database.lock_holder() is None:
            return None
        world.sleep(_POLL)
    return database.lock_holder()


def _partly(name: str, checkpoint: Checkpoint, judge: Judge, done: str) -> str:
    """How much is done of one that is applied, or taken back, in parts."""
    (judged,) = judge([name])
    segments = segments_of(judged)
    left, batch = segments[checkpoint.steps :], checkpoint.batch
    if not left or not (checkpoint.steps or batch):
        said = f"{name} is begun, and none of its parts is committed."
    else:
        bits = f", and {batch.rows:,} rows of that line," if batch else ""
        said = f"Of {name} everything before line {left[0].line}{bits} is {done}, and stays."
    if checkpoint.intent is not None and left:
        kind = left[0].statements[0].kind
        said += f" Its {kind} may be half done, which the next run looks after."
    return said


def _listed(words: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        more = len(names) - _MOST_NAMES
        listed = ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
        yield words.format(listed)
