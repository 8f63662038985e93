"""A push to the default branch: what rehearsals start from is made before anybody waits for it."""

from collections.abc import Sequence

from bot.core.findings.review import Review
from bot.core.github.request import ApplyRequest
from bot.core.migrations.history import Change, History
from bot.core.rehearsals.rehearsal import DataKind
from bot.core.rehearsals.rehearsal_order import DataOrder
from bot.errors import ExitCode, PostgresError, UsageError
from bot.flows.reviewing.rehearsal_order import order_for
from bot.world import World


def warm(request: ApplyRequest, worlds: Sequence[World]) -> ExitCode:
    """Replay each history once; where it ends is kept, and a pull request's check begins there.

    Where that cannot be done nothing is lost but time, and the log says why.
    """
    for world in worlds:
        if len(worlds) > 1:
            world.console.say(f"database {world.settings.database}:")
        _warm(world)
    return ExitCode.FINE


def _warm(world: World) -> None:
    if world.rehearsals is None or not world.settings.rehearsal.enabled:
        world.console.say("nothing to keep: rehearsals are off")
        return
    history = world.checkout.history()
    change = Change(head=history, now=world.now(), base=history)
    review = Review(postgres=str(world.settings.postgres))
    try:
        wanted = order_for(change, review, world.settings, DataOrder(DataKind.NONE))
        with world.console.waiting("replaying the history"):
            found = world.rehearsals.run(wanted.order, world.console.say)
    except (PostgresError, UsageError) as error:
        world.console.say(f"nothing was kept: {error.message}")
        return
    if found.base.refused is not None:
        world.console.say(f"nothing was kept: {found.base.refused.refusal.message}")
    else:
        world.console.say(f"rehearsals start from {_last(history)} now")


def _last(history: History) -> str:
    return history.newest.name if history.newest else "nothing"
