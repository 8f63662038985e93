"""What becomes of a command, in both of its jobs."""

from dataclasses import replace

import pytest

from bot.core.approvals.approval_policy import Approvers, Permission
from bot.core.github.command import Verb
from bot.core.github.deployment import Deployment
from bot.core.github.said import Reaction
from bot.core.rollouts.holder import Holder
from bot.core.rollouts.progress import State
from bot.errors import ExitCode, GateClosed, GitHubError, HistoryError
from tests.fakes import NOON, FakeDatabase, applied
from tests.flows.asked.conversing import Talk
from tests.flows.world import HEAD, INIT, MORE, NUMBER

READ, DONE, ROLLED_OUT, REFUSED, FAILED = Reaction


def is_applied(database: FakeDatabase) -> bool:
    return MORE.name in [row.name for row in database.rows if row.finished]


def test_apply_is_handed_to_the_job_of_the_environment_and_done_there() -> None:
    talk = Talk()
    remark = talk.say("grace", "/migrate apply staging")
    assert talk.outputs == {"work": "apply", "target": "staging"}
    assert talk.signs == [READ]
    assert not is_applied(talk.stage.staging)

    assert talk.job(remark, "staging") is ExitCode.FINE
    assert is_applied(talk.stage.staging)
    assert talk.outputs["state"] == "applied"
    assert talk.signs == [READ, ROLLED_OUT]


def test_the_same_comment_does_nothing_twice() -> None:
    talk = Talk()
    remark = talk.say("grace", "/migrate apply staging")
    talk.job(remark, "staging")
    talk.stage.staging.rows = [applied(INIT)]
    talk.outputs.clear()

    assert talk.job(remark, "staging") is ExitCode.FINE
    assert talk.job(remark) is ExitCode.FINE
    assert not is_applied(talk.stage.staging)
    assert talk.outputs == {}


def test_another_environments_job_leaves_it_alone() -> None:
    talk = Talk()
    remark = talk.say("mia", "/migrate apply staging")
    assert talk.job(remark, "production") is ExitCode.FINE
    assert not is_applied(talk.stage.production)
    assert talk.signs == [READ]


def test_the_gates_hold_for_a_command_as_for_a_push() -> None:
    talk = Talk()
    remark = talk.say("mia", "/migrate apply production")
    with pytest.raises(GateClosed, match="staging"):
        talk.job(remark, "production")
    assert not is_applied(talk.stage.production)
    assert talk.signs == [READ, REFUSED]


@pytest.mark.parametrize("verb", ["retry", "resume"])
def test_without_a_target_it_is_the_first_that_lacks_something(verb: str) -> None:
    talk = Talk()
    texts = {MORE.name: MORE.checksum}
    talk.github.announced.append(Deployment("staging", HEAD, State.APPLIED, NOON, texts))
    talk.github.announced.append(Deployment("production", HEAD, State.FAILED, NOON, texts))
    talk.say("mia", f"/migrate {verb}")
    assert talk.outputs["target"] == "production"

    talk.github.announced.append(Deployment("production", HEAD, State.APPLIED, NOON, texts))
    talk.say("mia", f"/migrate {verb}")
    assert talk.signs == [READ, REFUSED]
    assert "there is nothing to" in talk.said


def test_a_failure_in_the_environment_is_told_as_one() -> None:
    talk = Talk()
    remark = talk.say("grace", "/migrate resolve staging --applied 20990101000000_none")
    with pytest.raises(Exception, match="P3017"):
        talk.job(remark, "staging")
    assert talk.signs == [READ, FAILED]
    assert "P3017" in talk.said


def test_a_failed_migration_is_resolved() -> None:
    talk = Talk()
    begun = replace(applied(MORE), finished_at=None)
    talk.stage.staging.rows.append(begun)
    remark = talk.say("grace", f"/migrate resolve staging --rolled-back {MORE.name}")
    assert talk.outputs["work"] == "resolve"
    talk.job(remark, "staging")
    assert talk.signs == [READ, ROLLED_OUT]
    assert f"`{MORE.name}` is marked as rolled back in `staging`" in talk.said


def test_the_session_that_holds_the_lock_is_ended_without_asking() -> None:
    talk = Talk(merged=False, open=True)
    talk.stage.staging.holders.append(Holder(7, "psql"))
    remark = talk.say("grace", "/migrate unlock staging")
    assert talk.outputs["work"] == "unlock"
    assert talk.stage.staging.holders != []
    talk.job(remark, "staging")
    assert talk.stage.staging.holders == []
    assert talk.signs == [READ, ROLLED_OUT]


def test_help_lists_every_command() -> None:
    talk = Talk(merged=False)
    talk.say("linus", "/migrate help")
    assert talk.signs == [READ, DONE]
    assert all(f"/migrate {verb.value}" in talk.said for verb in Verb)


@pytest.mark.parametrize("verb", ["check", "plan", "approve"])
def test_before_the_merge_the_check_runs_again(verb: str) -> None:
    talk = Talk(merged=False, open=True)
    talk.say("grace", f"/migrate {verb}")
    assert talk.github.checked_again == [(NUMBER, "migration-check.yml")]
    assert talk.signs == [READ, DONE]


@pytest.mark.parametrize("verb", ["check", "plan", "approve"])
def test_after_the_merge_the_comment_is_brought_up_to_date(verb: str) -> None:
    talk = Talk()
    talk.say("grace", f"/migrate {verb}")
    assert talk.github.checked_again == []
    (comment,) = talk.stage.comments
    assert f"/migrate {verb}" in comment
    assert "<b>Commands</b>" in comment


@pytest.mark.parametrize(
    ("login", "said"),
    [
        ("grace", "It counts where the rules"),
        ("linus", "does not count: `linus` may not write"),
        ("ada", "does not count: nobody approves a pull request of their own"),
    ],
)
def test_an_approval_is_told_whether_it_can_count(login: str, said: str) -> None:
    talk = Talk(merged=False, open=True)
    talk.say(login, "/migrate approve")
    assert said in talk.said
    assert HEAD[:7] in talk.said


def test_an_approval_counts_even_if_the_check_cannot_run_again() -> None:
    talk = Talk(merged=False, open=True)
    talk.github.closed.add("rerun")
    talk.say("grace", "/migrate approve")
    assert talk.signs == [READ, DONE]


def test_a_check_that_cannot_run_again_says_what_is_missing() -> None:
    talk = Talk(merged=False, open=True)
    talk.github.closed.add("rerun")
    with pytest.raises(GitHubError):
        talk.say("grace", "/migrate check")
    assert talk.signs == [READ, FAILED]
    assert "Give the workflow job the permission" in talk.said


def test_rolling_back_is_handed_to_the_job_of_the_environment() -> None:
    talk = Talk()
    talk.say("grace", "/migrate rollback staging --steps 1")
    assert talk.signs == [READ]
    assert (talk.outputs["work"], talk.outputs["target"]) == ("rollback", "staging")


def test_what_nobody_wrote_a_script_for_is_not_taken_back_and_names_the_restore() -> None:
    talk = Talk()
    talk.say("grace", "/migrate apply staging", "staging")
    with pytest.raises(HistoryError, match=r"has no down\.sql"):
        talk.say("grace", "/migrate rollback staging", "staging")
    assert talk.signs[-1] == FAILED
    assert "migration-bot restore staging BACKUP" in talk.said


def test_an_override_is_noted_for_the_targets_that_it_is_for() -> None:
    talk = Talk(merged=False, open=True)
    talk.say("grace", '/migrate override freeze reason:"The shop is down"')
    assert "`staging`" in talk.said
    assert "`production`" not in talk.said


def test_what_is_not_understood_is_answered_with_the_nearest() -> None:
    talk = Talk()
    talk.say("grace", "/migrate aply staging")
    assert talk.signs == [READ, FAILED]
    assert "Did you mean `/migrate apply TARGET`?" in talk.said


def test_the_answer_stands_in_the_comment_that_is_there_and_in_no_new_one() -> None:
    talk = Talk(merged=False, open=True)
    talk.say("linus", "/migrate apply staging")
    assert talk.stage.comments == []

    marker = '<!-- migration-bot v1 {"k":"x","sha":"","run":1,"att":1,"plan":""} -->'
    talk.github.create_comment(NUMBER, f"{marker}\nBody\n\n<sub>foot</sub>", mine=lambda _: True)
    talk.say("grace", "/migrate aply staging")
    talk.say("linus", "/migrate unlock staging")
    (comment,) = talk.stage.comments
    assert comment.endswith("<sub>foot</sub>")
    assert comment.count("<!-- commands -->") == 1
    assert "Did you mean" in comment
    assert "takes the permission write" in comment


def test_a_named_person_may_where_the_configuration_says_so() -> None:
    talk = Talk()
    talk.allow(Verb.APPLY, Approvers(users=("grace",)))
    talk.say("grace", "/migrate apply production")
    assert talk.outputs["target"] == "production"
    talk.say("mia", "/migrate apply production")
    assert talk.signs == [READ, REFUSED]


def test_a_team_may_and_one_that_cannot_be_read_is_named() -> None:
    talk = Talk()
    talk.allow(Verb.APPLY, Approvers(teams=("acme/dba",)))
    talk.github.members["acme/dba"] = {"grace"}
    talk.say("grace", "/migrate apply production")
    assert talk.signs == [READ]
    talk.github.closed.add("teams")
    talk.say("grace", "/migrate apply production")
    assert talk.signs == [READ, REFUSED]
    assert "@acme/dba cannot be read" in talk.said


def test_a_slice_of_a_fleet_leaves_the_answer_to_the_job_that_comes_last() -> None:
    talk = Talk()
    remark = talk.say("grace", "/migrate apply staging")
    talk.shard = "1/2"
    talk.github.permissions["grace"] = Permission.READ
    with pytest.raises(GateClosed):
        talk.job(remark, "staging")
    assert talk.signs == [READ]
