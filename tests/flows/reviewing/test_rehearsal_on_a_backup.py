"""Whose backup a rehearsal starts from, and for whom it is not used."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from bot.core.backups.backup import StoredBackup
from bot.core.github.event import Event
from bot.core.rehearsals.rehearsal import DataKind, Rehearsal
from bot.core.rehearsals.rehearsal_order import Order
from bot.core.settings import RehearsalSettings, Settings
from bot.errors import BackupError
from bot.flows.reviewing.rehearsal import rehearsed
from bot.judge.judge import judge
from bot.rules import RULES
from tests.fakes import MANIFEST, FakeBackups, FakeCheckout, FakeConsole, FakeRunner, world
from tests.judging import change


@dataclass
class Asked:
    """Keeps what it was asked to rehearse."""

    orders: list[Order] = field(default_factory=list)

    def run(self, order: Order, note: Callable[[str], None]) -> Rehearsal:
        self.orders.append(order)
        return Rehearsal()

    def at(self, url: str) -> "Asked":
        return self


def rehearsal(
    *,
    target: str | None = "production",
    event: Event | None = None,
    error: BackupError | None = None,
) -> tuple[Rehearsal, Asked, list[str]]:
    """What comes of it, what the server was asked, and what was said."""
    wanted = RehearsalSettings(data=DataKind.BACKUP, target=target)
    given, asked = change("SELECT 1;"), Asked()
    here = world(
        FakeCheckout(given.head),
        settings=Settings(rehearsal=wanted),
        runner=FakeRunner(event) if event else None,
        backups=FakeBackups([], error),
    )
    here = replace(here, rehearsals=asked)
    found = rehearsed(judge(given, RULES), given, here).rehearsal
    assert found is not None
    assert isinstance(here.console, FakeConsole)
    return found, asked, here.console.said


def pull_request(head: Mapping[str, Any] | None, name: str = "pull_request") -> Event:
    ends = {
        "head": {"sha": "a" * 40, "ref": "more", "repo": head},
        "base": {"sha": "b" * 40, "ref": "main", "repo": {"full_name": "acme/shop"}},
    }
    return Event(name, {"pull_request": {"number": 7, **ends}}, "c" * 40)


def test_it_starts_from_the_newest_backup_and_says_that_rows_are_real() -> None:
    found, asked, said = rehearsal()
    assert found.problem == ""
    (order,) = asked.orders
    assert order.data.backup is not None
    assert order.data.backup.manifest == MANIFEST
    assert "running on real rows: the backup b-1" in said


def test_one_that_is_kept_elsewhere_is_brought_here_and_is_gone_afterwards() -> None:
    wanted = RehearsalSettings(data=DataKind.BACKUP, target="production")
    given, asked = change("SELECT 1;"), Asked()
    backups = FakeBackups([], shelf=(StoredBackup(MANIFEST, location="s3://bucket"),))
    here = world(FakeCheckout(given.head), settings=Settings(rehearsal=wanted), backups=backups)
    rehearsed(judge(given, RULES), given, replace(here, rehearsals=asked))
    (order,) = asked.orders
    assert order.data.backup is not None
    assert order.data.backup.place == Path("/private/b-1")
    assert backups.diary[-2:] == ["open b-1", "close b-1"]


def test_without_a_backup_it_says_so() -> None:
    found, asked, _ = rehearsal(error=BackupError("There is none.", hint="Take one."))
    assert (found.problem, found.hint) == ("There is none.", "Take one.")
    assert asked.orders == []


def test_without_a_target_it_says_what_to_configure() -> None:
    found, asked, _ = rehearsal(target=None)
    assert "`rehearsal.target`" in found.hint
    assert asked.orders == []


@pytest.mark.parametrize(
    "event",
    [
        pull_request({"full_name": "mallory/shop"}),
        pull_request({"full_name": "mallory/shop"}, "pull_request_review"),
        pull_request(None),
        pull_request({"full_name": "acme/shop"}, "pull_request_target"),
        Event("issue_comment", {}, "c" * 40),
    ],
    ids=["fork", "review", "deleted fork", "target", "comment"],
)
def test_whoever_may_not_push_sees_no_backup(event: Event) -> None:
    found, asked, said = rehearsal(event=event)
    assert found.problem
    assert found.hint
    assert asked.orders == []
    assert not any("real rows" in each for each in said)


@pytest.mark.parametrize(
    "event", [pull_request({"full_name": "acme/shop"}), Event("workflow_dispatch", {}, "c" * 40)]
)
def test_whoever_may_push_may(event: Event) -> None:
    found, asked, _ = rehearsal(event=event)
    assert found.problem == ""
    assert len(asked.orders) == 1
