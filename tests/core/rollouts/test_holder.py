from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.rollouts.holder import Holder, session_name, who_is

HOLDER = Holder(
    7,
    "migration-bot/staging/run 42",
    "app",
    "10.0.0.7",
    datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
    "active",
    query="CREATE INDEX CONCURRENTLY i ON a (n)",
)


@pytest.mark.parametrize(
    ("target", "who", "name"),
    [
        ("staging", "run 42", "migration-bot/staging/run 42"),
        ("staging", "", "migration-bot/staging"),
        ("köln", "ann@büro", "migration-bot/k?ln/ann@b?ro"),
        ("production", "x" * 90, "migration-bot/production/" + "x" * 38),
    ],
)
def test_a_session_says_what_it_is_and_for_whom_as_postgresql_will_show_it(
    target: str, who: str, name: str
) -> None:
    assert session_name(target, who) == name
    assert len(name.encode()) <= 63


def test_who_is_the_run_on_github_or_a_person_at_a_machine() -> None:
    on_github = {"GITHUB_ACTIONS": "true", "GITHUB_RUN_ID": "42"}

    assert who_is(on_github, "runner", "fv-az1") == "run 42"
    assert who_is({"GITHUB_RUN_ID": "42"}, "ann", "desk") == "ann@desk"
    assert who_is({**on_github, "GITHUB_RUN_ID": "x"}, "ann", "desk") == "ann@desk"


def test_a_holder_is_told_in_words() -> None:
    words = "migration-bot/staging/run 42 (process 7, user app, from 10.0.0.7, since 12:00:00 UTC)"

    assert str(HOLDER) == words
    assert HOLDER.words == f"{words}, active CREATE INDEX CONCURRENTLY i ON a (n)"
    assert replace(HOLDER, idle=61.2).words.endswith("idle for 61 s, last with " + HOLDER.query)


def test_of_one_that_may_not_be_seen_only_what_is_known_is_told() -> None:
    assert Holder(7).words == "a session without a name (process 7)"


def test_a_foreign_session_that_has_long_done_nothing_looks_stranded() -> None:
    idle = Holder(7, state="idle", idle=61)

    assert idle.stranded
    assert not replace(idle, idle=59).stranded
    assert not replace(idle, application=HOLDER.application).stranded
    assert not replace(idle, state="active").stranded
