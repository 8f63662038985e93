"""Whether a comment may be obeyed: who gave it, what they saw, and how far the pull request is.

All of it is asked of GitHub each time; nothing that was found out before is believed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.core.approvals.approval_policy import Approvers, Permission
from bot.core.github.command import Command, Verb
from bot.core.github.deployment import progress_of
from bot.core.github.pull import Pull
from bot.core.github.said import ON_TARGETS, Allowances, Person, Remark, Said, may
from bot.core.github.seen import Head
from bot.core.rollouts.progress import State
from bot.core.targets.target import Target
from bot.errors import GateClosed, GitHubError
from bot.world import World

# They act on a text, so that it has to be the one that was read.
_ON_THE_TEXT = (ON_TARGETS | {Verb.APPROVE}) - {Verb.UNLOCK}
_AFTER_MERGE = frozenset({Verb.APPLY, Verb.RETRY, Verb.RESUME, Verb.RESOLVE, Verb.ROLLBACK})


@dataclass(frozen=True)
class Granted:
    """A command that may be obeyed. `targets` are those it is for, in rollout order."""

    said: Said
    pull: Pull
    head: Head
    person: Person
    targets: tuple[Target, ...] = ()


def authorised(remark: Remark, command: Command, world: World, *, branch: str = "") -> Granted:
    """What may be obeyed. `branch` is the default branch, if it matters.

    Raises GateClosed with the reason if it may not, GitHubError if that cannot be found out.
    """
    assert world.github is not None
    pull = world.github.pull(remark.pull)
    head = _head(command, pull, world)
    _require_standing(command, pull, head, branch)
    targets = _addressed(command, pull, world)
    person = person_of(remark.login, command.verb, targets, world)
    allowed = _allowed(command, person, targets, world)
    seen = head.seen_at(remark.at) and head.commit == pull.head
    if command.verb in _ON_THE_TEXT and not seen:
        raise _not_seen(pull, head)
    said = Said(remark.login, command, remark.at, remark.id, head.commit if seen else "")
    return Granted(said, pull, head, person, allowed)


def _head(command: Command, pull: Pull, world: World) -> Head:
    """Help is given on every pull request, and where little is permitted."""
    assert world.github is not None
    if command.verb is Verb.HELP:
        return Head(pull.head, open=True, merged=pull.merged)
    return world.github.head_of(pull.number)


def allowances(world: World) -> Allowances:
    """Who may do what: what the configuration says of commands, and of each target's freeze."""
    frozen = ((each.name, each.closing.freeze) for each in world.settings.targets.values())
    override = {name: freeze.override for name, freeze in frozen if freeze is not None}
    return Allowances(world.settings.commands, override)


def person_of(login: str, verb: Verb, targets: Iterable[Target], world: World) -> Person:
    """What GitHub knows of them today; of teams only those that matter for these targets."""
    assert world.github is not None
    permission = world.github.permission_of(login)
    rules = [allowances(world).of(verb, each) for each in targets]
    if permission < Permission.WRITE:
        return Person(login, permission)
    member, unread = _teams(login, rules, world)
    return Person(login, permission, frozenset(member), tuple(unread))


def _teams(login: str, rules: Iterable[Approvers], world: World) -> tuple[list[str], list[str]]:
    assert world.github is not None
    member, unread = [], []
    for team in dict.fromkeys(team for rule in rules for team in rule.teams):
        try:
            if world.github.in_team(team, login):
                member.append(team)
        except GitHubError:
            unread.append(f"@{team}")
    return member, unread


def _require_standing(command: Command, pull: Pull, head: Head, branch: str) -> None:
    if not head.open and not head.merged:
        raise GateClosed(
            f"#{pull.number} was closed without being merged.",
            hint="Open it again, or give the command on the pull request that was merged.",
        )
    if command.verb not in _AFTER_MERGE:
        return
    if not head.merged:
        raise GateClosed(
            f"#{pull.number} is not merged, and a target is only changed by what is.",
            hint="Merge it: its migrations are applied then, without a command.",
        )
    if branch and pull.base_name != branch:
        raise GateClosed(
            f"#{pull.number} was merged into {pull.base_name}, and rollouts are of {branch}.",
            hint=f"Give the command on the pull request that brought it into {branch}.",
        )


def _addressed(command: Command, pull: Pull, world: World) -> tuple[Target, ...]:
    """The targets that a command is about."""
    order = world.settings.rollout_order
    if command.verb not in ON_TARGETS and command.target is None:
        return ()
    if command.target is not None:
        found = [each for each in order if each.name == command.target]
        if not found:
            known = ", ".join(f"`{each.name}`" for each in order) or "none"
            raise GateClosed(
                f"There is no target `{command.target}` that migrations are rolled out to.",
                hint=f"Those are {known}.",
            )
        return tuple(found)
    if command.verb is Verb.OVERRIDE:
        return order
    return (_unfinished(command, pull, order, world),)


def _unfinished(command: Command, pull: Pull, order: Sequence[Target], world: World) -> Target:
    """The first target that this pull request's migrations stopped at."""
    assert world.github is not None
    brought = world.checkout.history().migrations
    texts = {each.name: each.checksum for each in brought if each.path in pull.files}
    for target in order:
        state = progress_of(target, world.github.deployments(target.name), texts).state
        if state is not State.APPLIED:
            return target
    raise GateClosed(
        f"Every target has the migrations of #{pull.number}: there is nothing to "
        f"{command.verb.value}.",
        hint=f"Name a target to {command.verb.value} it all the same.",
    )


def _allowed(
    command: Command, person: Person, targets: Sequence[Target], world: World
) -> tuple[Target, ...]:
    """Those of the targets for which they may. Raises GateClosed if there is none."""
    rules = allowances(world)
    objections = {each.name: may(command, person, each, rules) for each in targets}
    if not targets and (said := may(command, person, None, rules)):
        objections[""] = said
    found = tuple(each for each in targets if objections[each.name] is None)
    reasons = [each for each in objections.values() if each is not None]
    if reasons and not found:
        raise GateClosed(reasons[0], hint="Ask somebody who may to write the comment.")
    return found


def _not_seen(pull: Pull, head: Head) -> GateClosed:
    if not head.runs:
        return GateClosed(
            f"No check has run for the last commit of #{pull.number}, so it is not known whether "
            "it was there before the comment.",
            hint="Wait for the check, read what it says, and give the command again.",
        )
    return GateClosed(
        f"`{head.commit[:7]}` was pushed after the comment, or cannot be told to be older.",
        hint="Read what is new, and give the command again. After a forced push that put an "
        "earlier commit back, close and reopen the pull request first.",
    )
