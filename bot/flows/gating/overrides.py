"""Overrides of a closed gate, recomputed from the conversations on pull requests."""

from collections.abc import Callable, Iterable, Iterator

from bot.core.gates.override import Override
from bot.core.github.command import Command, Verb
from bot.core.github.pull import Pull
from bot.core.github.said import Remark
from bot.core.targets.target import Target
from bot.errors import GateClosed
from bot.flows.gating.authority import authorised
from bot.world import World

OverridesOf = Callable[[Iterable[Pull], Target, World], tuple[Override, ...]]


def overrides_of(pulls: Iterable[Pull], target: Target, world: World) -> tuple[Override, ...]:
    """The overrides for a target that people gave who may, on pull requests whose head they saw;
    oldest first. Raises GitHubError if that cannot be found out."""
    assert world.github is not None
    found = [
        override
        for pull in pulls
        for remark in world.github.remarks(pull.number)
        for override in _override(remark, target, world)
    ]
    return tuple(sorted(found, key=lambda each: each.at))


def _override(remark: Remark, target: Target, world: World) -> Iterator[Override]:
    said = remark.said
    if not isinstance(said, Command) or said.verb is not Verb.OVERRIDE or said.gate is None:
        return
    if said.target not in (None, target.name):
        return
    try:
        granted = authorised(remark, said, world)
    except GateClosed:
        # Who gave it was told so when they did; it opens nothing.
        return
    if target.name in {each.name for each in granted.targets}:
        at = granted.said
        yield Override(said.gate, at.login, said.reason, at.at, at.commit)
