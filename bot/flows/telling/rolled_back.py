"""A rollback carried out and told: written down as a rollout is, and to GitHub once it is done.

Until it is done the target has what it had, so nothing is announced before.
"""

from bot.core.rollouts.outcome import Journal
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.progress import Progress
from bot.core.rollouts.rollback_steps import Rollback
from bot.errors import BotError
from bot.flows.targets.rolling_back import order_back
from bot.flows.telling.audit import keep_audit
from bot.flows.telling.deploy import Teller, stopped
from bot.rollout.procedure import roll_out
from bot.world import World


def roll_back_told(
    rollback: Rollback, world: World, *, commit: str = "", expect_digest: str | None = None
) -> Progress:
    """`commit` is the one that is checked out, where the caller knows it.

    Raises what the rollout raises; else GitHubError, if it is done and GitHub was not told.
    """
    target = rollback.target
    migrations = tuple(each.migration for each in rollback.steps)
    taken = Plan(target.name, migrations, backwards=True)
    teller = Teller(world, target, commit or _head(world), taken)
    order = order_back(rollback, world, expect_digest=expect_digest)
    here = Progress(target.name, target.kind, digest=rollback.plan.digest, gates=rollback.gates)
    try:
        done = roll_out(order, world).progress(target)
    except BotError as error:
        ended = stopped(here, error, order.journal, target, world)
        keep_audit(teller.audited(ended, order.journal, error), world)
        _announce(order.journal, ended, teller)
        raise
    keep_audit(teller.audited(done, order.journal), world)
    _announce(order.journal, done, teller)
    if teller.failed is not None:
        raise teller.failed
    return done


def _head(world: World) -> str:
    return world.checkout.head() if world.github is not None else ""


def _announce(journal: Journal, progress: Progress, teller: Teller) -> None:
    """What was taken back is taken back, also where the rollback stopped after it."""
    taken = {each.name for each in journal.applied}
    if taken:
        teller.find_pulls()
        teller.taken_back(progress, taken)
    teller.notify(progress)
