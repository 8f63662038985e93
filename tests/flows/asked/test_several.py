"""What each event asks for where the repository has two databases."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from bot.core.github.request import ApplyRequest
from bot.errors import BotError, ExitCode, GateClosed, PostgresError, UsageError
from bot.flows.asked.answering import WORK_VARIABLE, answer_all
from bot.flows.asked.apply import DIGEST_VARIABLE, SHARD_VARIABLE, TARGET_VARIABLE
from bot.flows.asked.apply_all import apply, world_for
from bot.flows.asked.by_database import outputs_by_database
from bot.flows.asked.check import SARIF_VARIABLE
from bot.flows.telling.audit import AUDIT_VARIABLE
from tests.fakes import FakeConsole
from tests.flows.several import HARMLESS, HERE, RISKY, Two
from tests.flows.world import HEAD, NUMBER

STAGING = "shop-staging, billing-staging"
PRODUCTION = "shop-production billing-production"


def pull_request() -> Mapping[str, Any]:
    ours = {"full_name": "acme/shop"}
    head, base = {"sha": HEAD, "repo": ours}, {"sha": "b" * 40, "ref": "main", "repo": ours}
    return {"pull_request": {"number": NUMBER, "head": head, "base": base}}


def check(two: Two) -> ExitCode:
    return answer_all(two.worlds(), "pull_request", pull_request(), HERE)


def push(two: Two, target: str, **environ: str) -> ExitCode:
    two.environ = {TARGET_VARIABLE: target, **environ}
    return answer_all(two.worlds(), "push", {"after": HERE}, HERE)


def merged(**changes: Any) -> Two:
    return Two(merged=True, **changes)


def test_one_comment_tells_of_both_and_the_gravest_verdict_stands_above() -> None:
    two = Two({"shop": HARMLESS, "billing": RISKY})

    assert check(two) is ExitCode.FINDINGS
    (comment,) = two.comments
    lines = comment.splitlines()
    assert lines[1].startswith("## 🔴 2 databases · billing: 1 new migration")
    assert "### 🟢 shop: 1 new migration" in comment
    assert "### 🔴 billing: 1 new migration" in comment
    assert comment.index("### 🟢 shop") < comment.index("### 🔴 billing")


def test_each_has_a_check_run_and_what_is_not_touched_is_passed_over() -> None:
    two = Two({"billing": RISKY})
    check(two)
    found = {each.name: two.github.concluded[at] for at, each in two.github.check_runs.items()}
    assert found["Migrations (shop)"].conclusion == "skipped"
    assert found["Migrations (billing)"].conclusion == "failure"
    (comment,) = two.comments
    assert "shop" not in comment.replace("acme/shop", "")
    assert "## " not in comment.replace("### ", "")


def test_the_label_is_of_the_highest_risk_of_all() -> None:
    two = Two({"shop": RISKY, "billing": HARMLESS})
    check(two)
    assert two.github.stuck[NUMBER] == ["migrations: high risk"]


def test_later_steps_are_told_of_each_database() -> None:
    two = Two({"shop": HARMLESS, "billing": RISKY})
    two.environ = {SARIF_VARIABLE: "/tmp/found.sarif"}
    check(two)
    told = {name: json.loads(text) for name, text in two.outputs.items()}
    assert told["verdict"] == {"shop": "pass", "billing": "block"}
    assert told["migrations"]["shop"] == [two.more("shop").name]
    assert told["risk"] == {"shop": "low", "billing": "high"}
    assert told["comment-url"]["shop"] == told["comment-url"]["billing"]
    assert told["check-run-url"]["shop"] != told["check-run-url"]["billing"]
    log = json.loads(two.runner.files["/tmp/found.sarif"])
    (run,) = log["runs"]
    where = [each["locations"][0]["physicalLocation"] for each in run["results"]]
    folders = {each["artifactLocation"]["uri"].partition("/")[0] for each in where}
    assert folders == {"shop", "billing"}


def test_each_may_have_a_comment_of_its_own() -> None:
    two = Two(apart=True)
    check(two)
    shop, billing = two.comments
    assert "### 🟢 shop: 1 new migration" in shop
    assert "### 🟢 billing: 1 new migration" in billing
    urls = json.loads(two.outputs["comment-url"])
    assert urls["shop"] != urls["billing"]


def test_comments_of_their_own_take_the_place_of_the_one_on_both() -> None:
    two = Two()
    check(two)
    assert len(two.comments) == 1
    two.apart = True
    check(two)
    shop, billing = two.comments
    assert "### 🟢 shop: 1 new migration" in shop
    assert "### 🟢 billing: 1 new migration" in billing


def test_as_long_as_one_is_to_be_mended_nobody_is_asked_for_the_other() -> None:
    two = Two({"shop": HARMLESS, "billing": RISKY})
    check(two)
    assert two.github.asked == []


def test_a_review_of_what_was_merged_says_how_far_each_is() -> None:
    two = merged()
    asked = {**pull_request()}
    asked["pull_request"] = {**asked["pull_request"], "merged_at": "2026-11-22T12:00:00Z"}
    assert answer_all(two.worlds(), "pull_request_review", asked, HERE) is ExitCode.FINE
    (comment,) = two.comments
    assert "### 🟡 shop: 1 migration on the way to shop-production" in comment
    assert "### 🟡 billing: 1 migration on the way to billing-production" in comment
    assert two.github.check_runs == {}


def test_a_job_for_both_stagings_applies_both_and_tells_it_in_one_comment() -> None:
    two = merged()
    assert push(two, STAGING) is ExitCode.FINE
    for name in ("shop", "billing"):
        assert two.has(f"{name}-staging") == [two.more(name).name]
        assert two.has(f"{name}-production") == []
    assert json.loads(two.outputs["state"]) == {"shop": "applied", "billing": "applied"}
    assert json.loads(two.outputs["applied"])["billing"] == [two.more("billing").name]
    (comment,) = two.comments
    assert comment.count("Applied to `") == 2


def test_what_is_foretold_of_both_goes_to_the_job_for_both_productions() -> None:
    two = merged()
    two.has_deployed("shop-production", "billing-production")
    push(two, STAGING)
    foretold = two.outputs["forecast-digests"]
    assert sorted(json.loads(foretold)) == ["billing-production", "shop-production"]
    other = json.dumps(json.loads(foretold) | {"shop-production": "sha256:" + "0" * 64})
    with pytest.raises(BotError, match="shop-production"):
        push(two, PRODUCTION, **{DIGEST_VARIABLE: other})
    assert two.has("shop-production") == []
    assert two.has("billing-production") == [two.more("billing").name]
    assert push(two, PRODUCTION, **{DIGEST_VARIABLE: foretold}) is ExitCode.FINE
    assert two.has("shop-production") == [two.more("shop").name]


def test_staging_of_one_database_never_opens_production_of_the_other() -> None:
    two = merged()
    push(two, "shop-staging")
    with pytest.raises(GateClosed, match="billing-production"):
        push(two, PRODUCTION)
    assert two.has("shop-production") == [two.more("shop").name]
    assert two.has("billing-production") == []
    assert json.loads(two.outputs["state"]) == {"shop": "applied", "billing": "closed"}


def test_a_failure_ends_the_turn_of_its_database_and_of_no_other() -> None:
    two = merged()
    del two.targets["shop-staging"]
    two.environ = {TARGET_VARIABLE: f"{STAGING}, {PRODUCTION}"}
    worlds = two.worlds()
    with pytest.raises(PostgresError, match="shop-staging does not answer"):
        apply(ApplyRequest(HERE), worlds)
    assert two.has("shop-production") == []
    assert two.has("billing-production") == [two.more("billing").name]
    console = worlds[0].console
    assert isinstance(console, FakeConsole)
    assert "shop-production: not begun, since shop-staging was not done" in console.said
    (comment,) = two.comments
    assert comment.splitlines()[1].startswith("## 🔴 2 databases · shop: Failed in shop-staging")


def test_a_rollout_of_one_database_keeps_what_is_told_of_the_other() -> None:
    two = merged()
    push(two, STAGING)
    two.runner.id = 2
    push(two, "shop-production")
    (comment,) = two.comments
    assert "### 🟢 shop: 1 migration applied to shop-production" in comment
    assert "### 🟡 billing: 1 migration on the way to billing-production" in comment
    assert (two.outputs["state"], json.loads(two.outputs["applied"])) == (
        "applied",
        [two.more("shop").name],
    )


def test_the_audit_record_of_each_target_is_a_file_of_its_own() -> None:
    two = merged(environ={TARGET_VARIABLE: STAGING, AUDIT_VARIABLE: "/tmp/kept/audit.json"})
    shop = two.worlds("shop")[0]
    narrowed = world_for(shop.settings.target("shop-staging"), shop)
    assert narrowed.environ[AUDIT_VARIABLE] == "/tmp/kept/audit-shop-staging.json"


def test_the_files_of_the_records_are_told_line_by_line_for_the_step_that_keeps_them() -> None:
    two = merged()
    with outputs_by_database(two.worlds("shop", "billing")) as (shop, billing):
        for world, paths in ((shop, ["/a", "/b"]), (billing, ["/c"])):
            assert world.runner is not None
            for path in paths:
                world.runner.output("audit", path)
    assert two.outputs["audit"] == "/a\n/b\n/c"


@pytest.mark.parametrize(
    ("target", "environ", "said"),
    [
        ("shop-staging, nowhere", {}, "'nowhere'"),
        (STAGING, {SHARD_VARIABLE: "0/2"}, "A slice is of one fleet"),
        (STAGING, {DIGEST_VARIABLE: "sha256:" + "0" * 64}, "The digest to expect is one"),
        (STAGING, {DIGEST_VARIABLE: "[1]"}, "The digest to expect is one"),
    ],
)
def test_a_job_that_is_not_set_up_for_several_touches_nothing(
    target: str, environ: dict[str, str], said: str
) -> None:
    two = merged()
    with pytest.raises(UsageError, match=said):
        push(two, target, **environ)
    assert two.has("shop-staging") == []


def test_histories_of_all_are_made_ready_for_rehearsals() -> None:
    two = merged()
    two.environ = {WORK_VARIABLE: "warm"}
    worlds = two.worlds()
    assert answer_all(worlds, "push", {"after": HERE}, HERE) is ExitCode.FINE
    said = [each.console.said for each in worlds if isinstance(each.console, FakeConsole)]
    assert [each[0] for each in said] == ["database shop:", "database billing:"]
