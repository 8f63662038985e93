"""The other targets of the repository, asked which database they are."""

from collections.abc import Iterator, Sequence

from bot.core.resets.refusing import Address, Other
from bot.core.targets.target import Target
from bot.core.targets.url import ConnectionUrl, parse_url
from bot.errors import BotError
from bot.world import World


def others_of(target: Target, worlds: Sequence[World]) -> tuple[Other, ...]:
    """Of every database of the configuration, those that have a connection string here."""
    return tuple(other for world in worlds for other in _others(target, world))


def _others(target: Target, world: World) -> Iterator[Other]:
    for each in world.settings.targets.values():
        if each.name == target.name or not each.is_set(world.environ):
            continue
        if each.fleet is not None:
            yield from _tenants(each, world)
        else:
            yield _asked(each, world)


def _asked(target: Target, world: World) -> Other:
    address = address_of(target, world)
    try:
        with world.connect(target) as database:
            return Other(target, database.facts().identity, address)
    except BotError as error:
        world.console.say(f"{target.name} could not be compared: {error.message}")
        return Other(target, None, address, error.message)


def _tenants(target: Target, world: World) -> Iterator[Other]:
    """By where their strings lead: asking a thousand databases who they are takes too long."""
    if world.fleets is None:
        return
    try:
        tenants = world.fleets.tenants(target)
    except BotError as error:
        yield Other(target, None, None, error.message)
        return
    for each in tenants:
        yield Other(target, None, _place_of(each.url), f"it is {each.name} of {target.name}.")


def address_of(target: Target, world: World) -> Address | None:
    """Where its connection string leads; None if it cannot be read."""
    try:
        return _place_of(parse_url(world.environ.get(target.variable(world.environ), "")))
    except BotError:
        return None


def _place_of(url: ConnectionUrl) -> Address:
    return url.host, url.port, url.database
