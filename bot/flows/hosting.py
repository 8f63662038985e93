"""What a doctor sees of GitHub: the workflows of the checkout, and the repository."""

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.core.doctor.check import Group, GroupKind, Trouble
from bot.core.doctor.hosting import RepositoryLook, WorkflowLook
from bot.core.github.check_run import check_name
from bot.core.initial import Pin, stages_of
from bot.core.settings import Settings
from bot.doctor.hosting import bot_used, hosting_checks
from bot.errors import BotError
from bot.flows.moving_in import workflows_for
from bot.initial import WORKFLOWS
from bot.world import World

_FOLDER = ".github/workflows"
_BRANCH = re.compile(r"github\.ref == 'refs/heads/([^']+)'")
# Whichever is used: commits are not compared.
_ANY = "0" * 40


def hosting(worlds: Sequence[World]) -> Group:
    """One for all databases: they share a repository."""
    databases = [each.settings for each in worlds]
    names = [check_name(each.database) for each in databases]
    checks = hosting_checks(_workflows(worlds[0], databases), _look(worlds[0], databases), names)
    return Group(GroupKind.GITHUB, tuple(checks))


def _look(world: World, databases: Sequence[Settings]) -> RepositoryLook | None:
    if world.github is None:
        return None
    try:
        return world.github.look(tuple(_environments(databases)))
    except BotError as error:
        return RepositoryLook(trouble=Trouble.of(error))


def _environments(databases: Sequence[Settings]) -> Iterator[str]:
    if len(databases) == 1 and not databases[0].database:
        yield from (each.name for each in databases[0].rollout_order)
    else:
        yield from (each.name for each in stages_of(databases))


def _workflows(world: World, databases: Sequence[Settings]) -> tuple[WorkflowLook, ...]:
    paths = [f"{_FOLDER}/{name}" for name in WORKFLOWS]
    try:
        texts = {path: world.checkout.text(path) for path in paths}
    except BotError:
        return ()
    expected = _expected(world, databases, [each for each in texts.values() if each])
    return tuple(WorkflowLook(path, texts[path], expected.get(path)) for path in paths)


def _expected(
    world: World, databases: Sequence[Settings], texts: Sequence[str]
) -> Mapping[str, str]:
    """Nothing where it cannot be told what they were made from."""
    repository = bot_used(texts)
    if repository is None:
        return {}
    try:
        branch = _branch(texts) or world.checkout.ground().branch
        return workflows_for(databases, Pin(repository, _ANY), branch=branch)
    except BotError:
        return {}


def _branch(texts: Sequence[str]) -> str | None:
    """The one that was named when they were written."""
    found = next(filter(None, map(_BRANCH.search, texts)), None)
    return found[1] if found else None
