"""A rollout from a terminal: carried out, and written down however it ended."""

from bot.core.rollouts.plan import Plan
from bot.core.rollouts.progress import Progress
from bot.errors import BotError
from bot.flows.telling.audit import Audited, keep_audit
from bot.flows.telling.deploy import stopped
from bot.rollout.procedure import Order, roll_out
from bot.world import World


def carried_out(order: Order, world: World) -> Progress:
    """Raises BotError if it was not."""
    target, journal = order.target, order.journal
    try:
        progress = roll_out(order, world).progress(target)
    except BotError as error:
        digest = journal.plan.digest if journal.plan else None
        here = Progress(target.name, target.kind, digest=digest)
        ended = stopped(here, error, journal, target, world)
        keep_audit(Audited(target, Plan(target.name), ended, journal, error=error), world)
        raise
    keep_audit(Audited(target, Plan(target.name), progress, journal), world)
    return progress
