"""Writing down a restore when it is over, as a file and as a row, like a rollout."""

from collections.abc import Sequence
from uuid import uuid4

from bot import __version__
from bot.core.restores.outcome import Restored
from bot.core.restores.plan import RestorePlan
from bot.core.restores.record import RestoreRecord, record_of_restore
from bot.core.rollouts.audit import Sealed
from bot.core.targets.target import Target
from bot.errors import BotError
from bot.flows.telling.audit import AUDIT_VARIABLE, keep_file, keep_row, trigger_of
from bot.world import World

_MOST = 1_000


def keep_restore(
    target: Target,
    plan: RestorePlan,
    world: World,
    *,
    restored: Restored | None = None,
    error: BotError | None = None,
    before: Sequence[Sealed] = (),
) -> None:
    """One that failed leaves the target as it was, and so without a row. `before` are the records
    that it had: a backup does not have those that were written since."""
    path = world.environ.get(AUDIT_VARIABLE, "")
    rows = target.audit_rows and restored is not None
    if world.sealer is None or not (path or rows):
        return
    try:
        sealed = world.sealer.seal(record_of_restore(_record(plan, world, restored, error)))
    except BotError as failed:
        world.console.say(f"not written down: {failed.message} {failed.hint}")
        return
    if rows:
        for each in (*before, sealed):
            keep_row(each, target, world)
    if path:
        keep_file(sealed, path, world)


def records_of(target: Target, world: World) -> tuple[Sealed, ...]:
    """The newest of what is written down there; none if nothing can be read."""
    try:
        with world.connect(target) as database:
            return database.records(_MOST)
    except BotError:
        return ()


def _record(
    plan: RestorePlan, world: World, restored: Restored | None, error: BotError | None
) -> RestoreRecord:
    run = world.runner.run("") if world.runner else None
    return RestoreRecord(
        str(uuid4()),
        world.now(),
        __version__,
        plan,
        restored,
        message=error.message if error else "",
        code=int(error.exit_code) if error else 0,
        repository=run.repository_url if run else "",
        trigger=trigger_of("", world),
    )
