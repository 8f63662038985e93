"""What people say to the bot on a pull request, and whether they may."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.core.approvals.approval_policy import Approvers, Permission
from bot.core.github.command import Command, Misread, Verb
from bot.core.github.commanded import Silence, read_comment
from bot.core.targets.target import Kind, Target


@dataclass(frozen=True)
class Remark:
    """A comment on a pull request, as GitHub has it now. `human` says that a person wrote it, and
    no app in a person's name."""

    id: int
    pull: int
    login: str
    body: str
    at: datetime
    human: bool = True
    edited: bool = False

    @property
    def said(self) -> Command | Misread | Silence:
        """What it asks for. Who edits a comment puts words into an older mouth: it says nothing."""
        if not self.human:
            return Silence("it was not written by a person")
        if self.edited:
            return Silence("it was edited")
        return read_comment(self.body)


@dataclass(frozen=True)
class Said:
    """A command as somebody gave it. `commit` is the head that they saw; "" if it is not the one
    that the pull request has now."""

    login: str
    command: Command
    at: datetime
    comment: int
    commit: str = ""


class Reaction(StrEnum):
    """What the bot says with a sign, by GitHub's names."""

    READ = "eyes"
    DONE = "+1"
    ROLLED_OUT = "rocket"
    REFUSED = "-1"
    FAILED = "confused"


FINAL = frozenset(Reaction) - {Reaction.READ}


@dataclass(frozen=True)
class Answered:
    """A command and what became of it, as the comment lists it. `answer` is prose, "" if there is
    nothing to add to the sign; `sign` is None as long as nobody has read it."""

    login: str
    at: datetime
    line: str
    sign: Reaction | None
    answer: str = ""


@dataclass(frozen=True)
class Person:
    """What GitHub knows today of who gives a command. `teams` are those of the teams asked about
    that they are in; `unread` those whose members cannot be read."""

    login: str
    permission: Permission = Permission.NONE
    teams: frozenset[str] = frozenset()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class Allowances:
    """Who may change a target by a command, by verb; where nothing is said, by the target's kind.
    `override` is the same for a target's freeze."""

    commands: Mapping[Verb, Approvers] = field(default_factory=dict)
    override: Mapping[str, Approvers] = field(default_factory=dict)

    def of(self, verb: Verb, target: Target) -> Approvers:
        if verb is Verb.OVERRIDE:
            return self.override.get(target.name, _BY_KIND[target.kind])
        named = self.commands.get(_RULED_AS.get(verb, verb)) or self.commands.get(Verb.APPLY)
        return named or _BY_KIND[target.kind]


_LEAST = {
    Verb.HELP: Permission.READ,
    Verb.APPROVE: Permission.READ,
    Verb.CHECK: Permission.TRIAGE,
    Verb.PLAN: Permission.TRIAGE,
}
_RULED_AS = {Verb.RETRY: Verb.APPLY, Verb.RESUME: Verb.APPLY}
_BY_KIND = {
    Kind.DEVELOPMENT: Approvers(permission=Permission.WRITE),
    Kind.STAGING: Approvers(permission=Permission.WRITE),
    Kind.PRODUCTION: Approvers(permission=Permission.MAINTAIN),
}
# Verbs that change a target, or what may be done to it.
ON_TARGETS = frozenset(Verb) - {Verb.HELP, Verb.CHECK, Verb.PLAN, Verb.APPROVE}


def may(
    command: Command, person: Person, target: Target | None, allowances: Allowances
) -> str | None:
    """Why somebody may not give a command, as a sentence; None if they may.

    `target` is the one it is for, None for a verb that touches none.
    """
    least = _LEAST.get(command.verb, Permission.WRITE)
    if person.permission < least:
        return (
            f"`{command.verb.value}` takes the permission {least.word} in this repository, and "
            f"`{person.login}` has {person.permission.word}."
        )
    if command.verb not in ON_TARGETS:
        return None
    if target is None:
        return "It is not clear which target it is for."
    allowed = allowances.of(command.verb, target)
    if _fits(person, allowed):
        return None
    unread = f" Who is in {', '.join(person.unread)} cannot be read." if person.unread else ""
    named = " or ".join(allowed.named()) or "somebody who may write"
    return (
        f"`{command.verb.value}` for `{target.name}` takes {named}, and `{person.login}` is not "
        f"that.{unread}"
    )


def _fits(person: Person, allowed: Approvers) -> bool:
    if allowed.anybody:
        return True
    if allowed.permission is not None and person.permission >= allowed.permission:
        return True
    teams = {each.lower() for each in person.teams}
    if person.login.lower() in {each.lower() for each in allowed.users}:
        return True
    return bool(teams & {each.lower() for each in allowed.teams})
