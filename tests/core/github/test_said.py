"""What is said on a pull request, and whether who says it may."""

from dataclasses import replace

import pytest

from bot.core.approvals.approval_policy import Approvers, Permission
from bot.core.github.command import Command, Verb
from bot.core.github.commanded import Silence
from bot.core.github.said import ON_TARGETS, Allowances, Person, Remark, may
from bot.core.targets.target import Kind, Target
from tests.fakes import NOON

STAGING = Target("staging", Kind.STAGING, "STAGING_URL")
PRODUCTION = Target("production", Kind.PRODUCTION, "PRODUCTION_URL")
REMARK = Remark(5, 7, "ada", "/migrate approve", NOON)


def person(permission: Permission, *teams: str) -> Person:
    return Person("grace", permission, frozenset(teams))


def allowed(verb: Verb, who: Person, target: Target, rules: Allowances | None = None) -> bool:
    return may(Command(verb, target.name), who, target, rules or Allowances()) is None


def test_a_comment_says_what_it_says() -> None:
    assert REMARK.said == Command(Verb.APPROVE)


@pytest.mark.parametrize("changes", [{"edited": True}, {"human": False}])
def test_an_edited_comment_and_one_of_a_bot_say_nothing(changes: dict[str, bool]) -> None:
    assert isinstance(replace(REMARK, **changes).said, Silence)  # type: ignore[arg-type]


LEAST = {
    Verb.HELP: (Permission.READ, Permission.READ),
    Verb.APPROVE: (Permission.READ, Permission.READ),
    Verb.CHECK: (Permission.TRIAGE, Permission.TRIAGE),
    Verb.PLAN: (Permission.TRIAGE, Permission.TRIAGE),
    **dict.fromkeys(ON_TARGETS, (Permission.WRITE, Permission.MAINTAIN)),
}


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("permission", Permission)
def test_every_verb_takes_a_permission_that_follows_the_target(
    verb: Verb, permission: Permission
) -> None:
    on_staging, on_production = LEAST[verb]
    assert allowed(verb, person(permission), STAGING) is (permission >= on_staging)
    assert allowed(verb, person(permission), PRODUCTION) is (permission >= on_production)


def test_named_people_and_teams_take_the_place_of_a_permission() -> None:
    rules = Allowances({Verb.APPLY: Approvers(users=("Grace",), teams=("acme/dba",))})
    writer = person(Permission.WRITE)
    assert allowed(Verb.APPLY, writer, PRODUCTION, rules)
    other = replace(person(Permission.ADMIN), login="ada")
    assert not allowed(Verb.APPLY, other, PRODUCTION, rules)
    assert allowed(Verb.APPLY, replace(other, teams=frozenset({"Acme/DBA"})), PRODUCTION, rules)


def test_whoever_is_named_must_be_able_to_write_besides() -> None:
    rules = Allowances({Verb.APPLY: Approvers(users=("grace",))})
    assert not allowed(Verb.APPLY, person(Permission.TRIAGE), STAGING, rules)


@pytest.mark.parametrize(
    "verb", [Verb.RETRY, Verb.RESUME, Verb.RESOLVE, Verb.ROLLBACK, Verb.UNLOCK]
)
def test_what_is_said_of_apply_holds_for_its_kin(verb: Verb) -> None:
    rules = Allowances({Verb.APPLY: Approvers(permission=Permission.ADMIN)})
    assert not allowed(verb, person(Permission.MAINTAIN), STAGING, rules)
    assert allowed(verb, person(Permission.ADMIN), STAGING, rules)


def test_a_verb_of_its_own_is_ruled_by_what_is_said_of_it() -> None:
    rules = Allowances({Verb.UNLOCK: Approvers(permission=Permission.ADMIN)})
    assert not allowed(Verb.UNLOCK, person(Permission.MAINTAIN), STAGING, rules)
    assert allowed(Verb.APPLY, person(Permission.WRITE), STAGING, rules)


def test_a_freeze_is_overridden_by_whom_the_target_names() -> None:
    rules = Allowances(override={"production": Approvers(users=("grace",))})
    command = Command(Verb.OVERRIDE, gate="freeze", reason="now")
    assert may(command, person(Permission.WRITE), PRODUCTION, rules) is None
    assert may(command, replace(person(Permission.ADMIN), login="ada"), PRODUCTION, rules)


def test_a_refusal_says_who_may_and_what_could_not_be_read() -> None:
    rules = Allowances({Verb.APPLY: Approvers(teams=("acme/dba",))})
    who = replace(person(Permission.WRITE), unread=("acme/dba",))
    said = may(Command(Verb.APPLY, "staging"), who, STAGING, rules)
    assert said is not None
    assert "@acme/dba" in said
    assert "cannot be read" in said


def test_a_command_for_no_target_is_not_for_any() -> None:
    assert may(Command(Verb.RETRY), person(Permission.ADMIN), None, Allowances()) is not None
