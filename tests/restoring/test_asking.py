"""What can be told before anybody has to type the name of a target is told before."""

from dataclasses import dataclass, field

import pytest

from bot.commands.restore import Agreement, run, stop_at_plan
from bot.errors import BotError, BrokenBackup, ExitCode, UsageError
from bot.world import World
from tests.fakes import FakeBackups
from tests.restoring.fakes import SAVED, Night, order

OTHER = "sha256:" + "0" * 64
NO_KEY = UsageError("The backup is encrypted, and there is no key.", hint="Set one.")


@dataclass
class Person:
    """Types what was asked for, and remembers that."""

    asked: list[str] = field(default_factory=list)

    def answer(self, question: str) -> str:
        self.asked.append(question)
        return "production"


def locked(night: Night, error: BotError) -> World:
    given = night.world
    assert isinstance(given.backups, FakeBackups)
    given.backups.locked = error
    return given


def test_without_a_key_nobody_is_asked_for_the_name() -> None:
    night, person = Night(), Person()

    with pytest.raises(UsageError, match="there is no key"):
        run(locked(night, NO_KEY), order(), Agreement(ask=person.answer))

    assert person.asked == []
    assert f"open {SAVED.id}" not in night.diary


def test_with_another_digest_than_the_one_that_is_given_nobody_is_asked() -> None:
    night, person = Night(), Person()

    with pytest.raises(BrokenBackup, match="has another manifest than when it was taken"):
        run(night.world, order(), Agreement(ask=person.answer), digest=OTHER)
    with pytest.raises(BrokenBackup, match="has another manifest"):
        stop_at_plan(night.world, order(), "text", digest=OTHER)

    assert person.asked == []


def test_with_its_own_digest_it_is_restored_and_nothing_is_said_of_one() -> None:
    night, person = Night(), Person()
    world = night.world

    code = run(world, order(), Agreement(ask=person.answer), digest=SAVED.digest)

    assert code is ExitCode.FINE
    assert len(person.asked) == 1
    assert f"put {SAVED.id} by swap" in night.diary
