"""Two databases: forks' reports, buttons, commands, and pull requests that were overtaken."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.core.approvals.approval_policy import Permission
from bot.core.github.pull import Pull
from bot.core.github.said import Reaction
from bot.core.github.seen import Head
from bot.core.migrations.history import History
from bot.errors import ExitCode, UsageError
from bot.flows.asked.answering import WORK_VARIABLE, answer_all
from bot.flows.asked.apply import TARGET_VARIABLE
from bot.flows.asked.check import REPORT_VARIABLE
from bot.flows.asked.recheck import BRANCH_VARIABLE
from bot.handoff.schema import ARTIFACT
from bot.world import World
from tests.fakes import FakeCheckout, FakeConsole
from tests.fakes.conversation import MORNING
from tests.flows.asked.conversing import payload_of
from tests.flows.asked.test_again import pressed
from tests.flows.asked.test_answering import pull_request
from tests.flows.asked.test_report import PLACE, RUN, archive, completed
from tests.flows.several import HARMLESS, HERE, RISKY, Two, migration
from tests.flows.world import HEAD, NUMBER

BOTH = {"shop": HARMLESS, "billing": RISKY}
MAIN = "d" * 40


def left_by_fork() -> dict[str, Any]:
    two = Two(BOTH, environ={REPORT_VARIABLE: "/tmp/report.json"})
    worlds = [replace(each, github=None) for each in two.worlds()]
    answer_all(worlds, "pull_request", pull_request(fork=True), HERE)
    assert two.runner.outputs["report"] == "/tmp/report.json"
    found: dict[str, Any] = json.loads(two.runner.files["/tmp/report.json"])
    return found


def reported(left: dict[str, Any]) -> tuple[Two, Sequence[World]]:
    two = Two(BOTH)
    two.github.places[NUMBER] = PLACE
    two.github.artifacts[RUN, f"{ARTIFACT}-2"] = archive(json.dumps(left))
    return two, two.worlds()


def test_what_a_fork_left_of_both_is_told_of_both() -> None:
    two, worlds = reported(left_by_fork())
    assert answer_all(worlds, "workflow_run", completed(), HERE) is ExitCode.FINE
    (comment,) = two.comments
    assert "### 🟢 shop: 1 new migration" in comment
    assert "### 🔴 billing: 1 new migration" in comment
    assert json.loads(two.outputs["verdict"]) == {"shop": "pass", "billing": "block"}
    assert two.github.stuck[NUMBER] == ["migrations: high risk"]
    assert len(two.github.concluded) == 2


def test_a_report_that_leaves_a_database_out_is_not_told() -> None:
    left = left_by_fork()
    del left["databases"]["billing"]
    two, worlds = reported(left)
    with pytest.raises(UsageError, match="says nothing of billing/migrations"):
        answer_all(worlds, "workflow_run", completed(), HERE)
    assert two.comments == []


@pytest.mark.parametrize(
    "change",
    [
        lambda left: left["databases"]["shop"].update(head="2" * 40),
        lambda left: left["databases"].update({"../shop": left["databases"]["shop"]}),
        lambda left: left.update(pull=1),
    ],
    ids=["another commit", "no name", "more than its form has"],
)
def test_a_report_that_is_not_of_its_form_is_not_taken(change: Any) -> None:
    left = left_by_fork()
    change(left)
    two, worlds = reported(left)
    with pytest.raises(UsageError, match="not taken"):
        answer_all(worlds, "workflow_run", completed(), HERE)
    assert two.comments == []


def test_what_a_killed_check_left_open_is_concluded_for_each() -> None:
    two, worlds = reported({})
    answer_all(worlds, "workflow_run", completed(fork=False), HERE)
    assert len({each.split("/")[1] for each in two.github.ended}) == 2


@pytest.mark.parametrize("name", ["Migrations (billing)", "Migrations"])
def test_the_button_beside_one_checks_all_again_and_only_ours(name: str) -> None:
    two = Two(BOTH)
    worlds = two.worlds()
    two.github.pulls[NUMBER] = replace(two.pull, head=HERE)
    code = answer_all(worlds, "check_run", pressed(name=name), MAIN)
    ours = name != "Migrations"
    assert code is (ExitCode.FINDINGS if ours else ExitCode.FINE)
    assert len(two.github.check_runs) == (2 if ours else 0)


def said(two: Two, body: str, *, target: str = "") -> str:
    """What the bot answers to somebody who maintains."""
    github = two.github
    github.permissions["mia"] = Permission.MAINTAIN
    merged = two.merged
    github.shown_heads[NUMBER] = Head(HEAD, open=not merged, merged=merged, runs=(MORNING,))
    two.environ = {TARGET_VARIABLE: target} if target else {}
    worlds = two.worlds()
    remark = github.hear(NUMBER, "mia", body)
    answer_all(worlds, "issue_comment", payload_of(remark), HERE)
    return two.runner.written[-1]


def signs(two: Two) -> list[Reaction]:
    return list(two.github.signs[len(two.github.remarked)])


def test_a_command_is_for_the_database_that_has_its_target() -> None:
    two = Two(merged=True)
    said(two, "/migrate apply billing-staging")
    assert two.outputs == {"work": "apply", "target": "billing-staging"}
    two = Two(merged=True)
    said(two, "/migrate apply billing-staging", target="shop-staging, billing-staging")
    assert two.has("billing-staging") == [two.more("billing").name]
    assert two.has("shop-staging") == []


def test_a_command_for_a_target_that_no_database_has_is_refused_with_those_there_are() -> None:
    two = Two(merged=True)
    answer = said(two, "/migrate apply nowhere")
    assert "`shop-staging`" in answer
    assert "`billing-production`" in answer
    assert Reaction.REFUSED in signs(two)


def test_without_a_target_it_goes_on_with_the_first_that_is_not_done() -> None:
    two = Two({"billing": HARMLESS}, merged=True)
    said(two, "/migrate retry")
    assert two.outputs["target"] == "billing-staging"


def test_a_check_of_what_was_merged_brings_every_part_up_to_date() -> None:
    two = Two(merged=True)
    said(two, "/migrate check")
    (comment,) = two.comments
    assert "### 🟡 shop: 1 migration on the way" in comment
    assert "### 🟡 billing: 1 migration on the way" in comment
    assert "/migrate check" in comment


def test_one_that_was_overtaken_in_one_database_is_judged_in_all_that_it_touches() -> None:
    """Billing has moved on; the label is of both."""
    two = Two({"shop": RISKY, "billing": HARMLESS})
    two.environ = {WORK_VARIABLE: "recheck", BRANCH_VARIABLE: "main"}
    worlds = two.worlds()
    opened: Pull = two.pull
    two.github.pulls = {NUMBER: opened}
    for world, name in zip(worlds, ("shop", "billing"), strict=True):
        checkout = world.checkout
        assert isinstance(checkout, FakeCheckout)
        init = two.init(name)
        late = migration(name, "20260301000000_late", "SELECT 1;")
        merged = [late] if name == "billing" else []
        folder = f"{name}/migrations"
        proposed = History(folder, (init, two.more(name)), provider="postgresql")
        checkout.head_history = History(folder, (init, *merged), provider="postgresql")
        checkout.proposed = {NUMBER: HEAD}
        checkout.proposals = {HEAD: proposed}
    assert answer_all(worlds, "push", {"after": HERE}, HERE) is ExitCode.FINE
    console = worlds[0].console
    assert isinstance(console, FakeConsole)
    assert "judged again (shop): block" in console.said[-1]
    assert "judged again (billing): block" in console.said[-1]
    (comment,) = two.comments
    assert "prisma-out-of-order" in comment
    assert two.github.stuck[NUMBER] == ["migrations: high risk"]
