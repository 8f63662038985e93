"""Which of several databases a command is about, and whether it may be obeyed there."""

from collections.abc import Sequence
from dataclasses import replace

from bot.core.github.command import Command, Verb
from bot.core.github.said import Remark
from bot.errors import GateClosed
from bot.flows.gating.authority import Granted, authorised
from bot.flows.reviewing.touching import touched_by
from bot.world import World


def authorised_in(
    remark: Remark, command: Command, worlds: Sequence[World], *, branch: str = ""
) -> tuple[Granted, World]:
    """What may be obeyed, and in which world: that of the target it names, else the first of those
    that the pull request touches in which there is something to do.

    Raises as `authorised` does.
    """
    granted: list[tuple[Granted, World]] = []
    refused: list[GateClosed] = []
    for world in _concerned(remark, command, worlds):
        try:
            granted.append((authorised(remark, command, world, branch=branch), world))
        except GateClosed as error:
            refused.append(error)
    if not granted:
        raise refused[0]
    first, world = granted[0]
    if command.verb is Verb.OVERRIDE:
        targets = tuple(target for each, _ in granted for target in each.targets)
        first = replace(first, targets=targets)
    return first, world


def _concerned(remark: Remark, command: Command, worlds: Sequence[World]) -> Sequence[World]:
    if len(worlds) == 1:
        return worlds
    if command.target is None:
        github = worlds[0].github
        assert github is not None
        return touched_by(github.pull(remark.pull), worlds)
    found = [each for each in worlds if command.target in each.settings.targets]
    if not found:
        order = [target for each in worlds for target in each.settings.rollout_order]
        raise GateClosed(
            f"No database has a target `{command.target}`.",
            hint=f"Those are {', '.join(f'`{each.name}`' for each in order) or 'none'}.",
        )
    return found
