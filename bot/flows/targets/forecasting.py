"""What the targets to come would run, and how a plan differs from the one that was foretold."""

from collections.abc import Callable, Sequence
from itertools import islice

from bot.core.gates.gate import Gate
from bot.core.github.deployment import Deployment
from bot.core.migrations.history import History
from bot.core.migrations.migration import Migration
from bot.core.rollouts.forecast import Forecast, forecast_from, with_digest
from bot.core.rollouts.plan import Plan
from bot.core.rollouts.plan_difference import Planned, difference_lines, plan_difference
from bot.core.targets.target import Target
from bot.errors import GitHubError, UsageError
from bot.flows.gating.gates import gates_ahead
from bot.flows.reviewing.history import history_of
from bot.sql.pieces import pieces_in
from bot.world import World

# How many rollouts of each target are looked through for a digest.
_LATEST = 10


def forecast_of(target: Target, world: World) -> Forecast:
    """The migrations that a target is expected to run next, without asking it. Nothing that GitHub
    answers, or does not, raises anything."""
    if world.github is None:
        return Forecast(target.name, why="no GitHub token is at hand")
    try:
        deployments = world.github.deployments(target.name)
        return forecast_from(target.name, deployments, history_of(world).migrations)
    except GitHubError as error:
        return Forecast(target.name, why=error.message.rstrip("."))


def unreached_gates(target: Target, world: World) -> tuple[Gate, ...]:
    """The gates of a target that cannot be reached, for what it is expected to run."""
    return gates_ahead(target, forecast_of(target, world).pending or (), world)


def later_forecasts(target: Target, world: World) -> tuple[Forecast, ...]:
    """Those of every target that comes after this one, in the order of the rollout."""
    later, found = {target.name}, []
    for each in world.settings.rollout_order:
        if each.after in later:
            later.add(each.name)
            found.append(forecast_of(each, world))
    return tuple(found)


def differing(
    expected: str | None, history: History, world: World
) -> Callable[[Plan], Sequence[str]]:
    """For a rollout that was told which plan to expect: how another differs from it, in lines."""

    def lines(plan: Plan) -> Sequence[str]:
        agreed = _agreed(expected, history, world) if expected else None
        if agreed is None:
            return ("which migrations were agreed to is not known here",)
        now = [_planned(each.name, each.checksum, each.sql) for each in plan.pending]
        return difference_lines(plan_difference(agreed, now))

    return lines


def _agreed(expected: str, history: History, world: World) -> list[Planned] | None:
    """The plan of a digest: a part of this history, or what some target was once given."""
    part = with_digest(expected, history.migrations)
    if part is not None:
        return [_planned(each.name, each.checksum, each.sql) for each in part]
    given = _given(expected, world)
    if given is None:
        return None
    return [
        _planned(name, checksum, _text(name, checksum, history.find(name), world))
        for name, checksum in given.texts.items()
    ]


def _given(expected: str, world: World) -> Deployment | None:
    if world.github is None:
        return None
    try:
        for target in world.settings.rollout_order:
            for each in islice(world.github.deployments(target.name), _LATEST):
                if each.digest == expected:
                    return each
    except GitHubError as error:
        world.console.say(f"what was agreed to is not known: {error.message}")
    return None


def _text(name: str, checksum: str, here: Migration | None, world: World) -> str | None:
    if here is not None and here.checksum == checksum:
        return here.sql
    try:
        return world.checkout.text_with(name, checksum)
    except UsageError:
        # What git cannot say is a detail less.
        return None


def _planned(name: str, checksum: str, sql: str | None) -> Planned:
    return Planned(name, checksum, None if sql is None else pieces_in(sql))
