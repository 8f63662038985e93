"""check, with a world in which nothing is real."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from bot.commands.changes import Asked
from bot.commands.check import chosen_rules, run, switched_on
from bot.core.findings.finding import Severity
from bot.core.findings.rule import Rule, name_of
from bot.core.settings import Settings
from bot.errors import ExitCode, UsageError
from bot.rules import RULES
from tests.fakes import FakeCheckout, FakeConsole, history, migration, shown, world
from tests.shell import bot

INIT = migration("20260101000000_init", "CREATE TABLE a (id int PRIMARY KEY);")
RISKY = migration("20260201000000_risky", "CREATE INDEX a_id ON a (id);")
CHECKOUT = FakeCheckout(history(INIT, RISKY), history(INIT))


def test_findings_that_block_decide_the_exit_code() -> None:
    made = world(CHECKOUT)
    assert run(made) is ExitCode.FINDINGS
    assert "error index-create-blocking" in shown(made)

    settings = Settings(severities={"index-create-blocking": Severity.WARNING})
    assert run(world(CHECKOUT, settings=settings)) is ExitCode.FINE


def test_a_base_is_passed_on_and_everything_has_none() -> None:
    named = world(CHECKOUT)
    run(named, asked=Asked("release"))
    assert "against release" in shown(named)

    whole = world(CHECKOUT)
    run(whole, asked=Asked(everything=True))
    assert "2 migrations, 2 statements" in shown(whole)
    assert "against" not in shown(whole)


def test_each_form_is_shown_once_and_whole() -> None:
    for form, start in (
        ("text", "prisma/migrations/"),
        ("json", "{"),
        ("markdown", "### "),
        ("sarif", "{"),
    ):
        made = world(CHECKOUT)
        run(made, form=form)
        assert shown(made).startswith(start)
        assert isinstance(made.console, FakeConsole)
        assert len(made.console.shown) == 1
        assert made.console.said == []


def test_json_names_what_was_judged() -> None:
    made = world(replace(CHECKOUT))
    run(made, form="json")

    report = json.loads(shown(made))
    assert report["verdict"] == "block"
    assert [each["name"] for each in report["migrations"]] == [RISKY.name]


def test_only_the_rules_that_were_chosen_are_asked() -> None:
    made = world(CHECKOUT)

    assert run(made, rules=chosen_rules("drop-cascade")) is ExitCode.FINE
    assert run(made, rules=chosen_rules("drop-cascade, index-create-blocking")) is ExitCode.FINDINGS


@pytest.mark.parametrize("choice", ["default", "all", ",".join(map(name_of, RULES))])
def test_all_rules_can_be_chosen(choice: str) -> None:
    assert list(chosen_rules(choice)) == list(RULES)


@pytest.mark.parametrize("choice", ["nope", "drop-cascade,nope", "", " , "])
def test_a_rule_that_does_not_exist_is_refused(choice: str) -> None:
    with pytest.raises(UsageError, match="There is no rule"):
        chosen_rules(choice)


@pytest.mark.parametrize("choice", ["all", "index-create-blocking"])
def test_a_rule_that_is_off_is_on_when_it_is_asked_for(choice: str) -> None:
    off = cast(Rule, SimpleNamespace(__name__="bot.rules.data.seed_data", SEVERITY=None))
    on = chosen_rules("index-create-blocking")

    assert switched_on(choice, [off, *on]) == {"seed-data": Severity.NOTICE}
    assert switched_on("default", [off, *on]) == {}


def test_no_rehearsal_is_accepted_and_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "prisma/migrations/20260101000000_init"
    folder.mkdir(parents=True)
    (folder / "migration.sql").write_text("CREATE TABLE a (id int PRIMARY KEY);\n")
    (folder.parent / "migration_lock.toml").write_text('provider = "postgresql"\n')
    plain = bot("check", "--all", cwd=tmp_path)
    judged_only = bot("check", "--all", "--no-rehearsal", cwd=tmp_path)

    assert judged_only.code == 0, judged_only.err
    assert judged_only == plain
