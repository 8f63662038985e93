"""Comments that must not be obeyed, whatever they say."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.approvals.approval_policy import Permission
from bot.core.github.said import Reaction
from bot.core.github.seen import Head
from bot.errors import ExitCode, GateClosed, GitHubError, UsageError
from bot.flows.asked.answering import answer
from tests.fakes.conversation import MORNING
from tests.flows.asked.conversing import HERE, Talk, payload_of
from tests.flows.world import HEAD, NUMBER, pull

APPLY = "/migrate apply staging"
MARKER = '<!-- migration-bot v1 {"k":"x","sha":"","run":9,"att":1,"plan":""} -->'


def require_unheard(talk: Talk) -> None:
    assert talk.outputs == {}
    assert talk.github.signs == {}
    assert talk.stage.comments == []


def require_refused(talk: Talk, why: str) -> None:
    assert talk.outputs == {}
    assert talk.signs == [Reaction.READ, Reaction.REFUSED]
    assert why in talk.said


@pytest.mark.parametrize("action", ["edited", "deleted"])
def test_only_a_new_comment_is_a_command(action: str) -> None:
    talk = Talk()
    remark = talk.github.hear(NUMBER, "grace", APPLY)
    assert talk.job(remark, action=action) is ExitCode.FINE
    require_unheard(talk)


def test_a_comment_on_an_issue_is_none() -> None:
    talk = Talk()
    remark = talk.github.hear(NUMBER, "grace", APPLY)
    assert talk.job(remark, issue={"number": NUMBER}) is ExitCode.FINE
    require_unheard(talk)


@pytest.mark.parametrize(
    "author",
    [{"type": "Bot", "id": 5}, {"type": "Organization", "id": 5}, {"type": "User", "id": 6}, None],
)
def test_a_comment_of_a_bot_or_in_another_name_is_none(author: Any) -> None:
    talk = Talk()
    remark = talk.github.hear(NUMBER, "grace", APPLY)
    comment = {**payload_of(remark)["comment"], "user": author}
    assert talk.job(remark, comment=comment) is ExitCode.FINE
    require_unheard(talk)


def test_a_comment_of_an_app_in_a_persons_name_is_none() -> None:
    talk = Talk()
    remark = talk.github.hear(NUMBER, "grace", APPLY)
    comment = {**payload_of(remark)["comment"], "performed_via_github_app": {"id": 1}}
    assert talk.job(remark, comment=comment) is ExitCode.FINE
    require_unheard(talk)


@pytest.mark.parametrize("body", [f"> {APPLY}", f"```\n{APPLY}\n```", f"I ran `{APPLY}`.", "Nice."])
def test_what_is_only_quoted_or_spoken_of_is_none(body: str) -> None:
    talk = Talk()
    talk.say("mia", body)
    require_unheard(talk)


def test_why_nothing_was_done_is_in_the_log() -> None:
    talk = Talk()
    world = talk.world()
    remark = talk.github.hear(NUMBER, "mia", "Nice.")
    answer(world, "issue_comment", payload_of(remark), HERE)
    assert any("no line of the comment" in each for each in world.console.said)  # type: ignore[attr-defined]


def test_a_payload_that_is_none_of_github_is_refused() -> None:
    with pytest.raises(UsageError, match="not one of GitHub"):
        answer(Talk().world(), "issue_comment", {"action": "created"}, HERE)


@pytest.mark.parametrize("target", ["", "staging"])
@pytest.mark.parametrize("changes", [{"edited": True}, {"human": False}, {"body": "/migrate help"}])
def test_a_comment_that_changed_since_the_event_is_not_obeyed(
    target: str, changes: dict[str, Any]
) -> None:
    talk = Talk()
    remark = talk.github.hear(NUMBER, "grace", APPLY)
    talk.github.remarked[-1] = replace(remark, **changes)
    assert talk.job(remark, target) is ExitCode.FINE
    require_unheard(talk)


@pytest.mark.parametrize("target", ["", "staging"])
def test_a_comment_that_was_deleted_since_is_not_obeyed(target: str) -> None:
    talk = Talk()
    remark = talk.github.hear(NUMBER, "grace", APPLY)
    talk.github.remarked.clear()
    assert talk.job(remark, target) is ExitCode.FINE
    require_unheard(talk)


def test_a_comment_of_another_pull_request_is_not_obeyed_here() -> None:
    talk = Talk()
    remark = talk.github.hear(8, "grace", APPLY)
    talk.job(replace(remark, pull=NUMBER))
    require_unheard(talk)


@pytest.mark.parametrize("login", ["linus", "stranger", "tim"])
def test_whoever_may_not_write_changes_no_target(login: str) -> None:
    talk = Talk()
    talk.say(login, APPLY)
    require_refused(talk, "takes the permission write")


def test_what_the_payload_says_of_an_association_is_not_asked() -> None:
    talk = Talk()
    remark = talk.github.hear(NUMBER, "linus", APPLY)
    comment = {**payload_of(remark)["comment"], "author_association": "OWNER"}
    talk.job(remark, comment=comment)
    require_refused(talk, "takes the permission write")


def test_the_author_of_a_fork_may_not_even_if_it_was_merged() -> None:
    talk = Talk()
    talk.github.pulls[NUMBER] = pull(author="mallory")
    talk.say("mallory", APPLY)
    require_refused(talk, "`mallory` has read")


def test_a_writer_does_not_command_production() -> None:
    talk = Talk()
    talk.say("grace", "/migrate apply production")
    require_refused(talk, "the permission maintain")


def test_a_permission_that_was_taken_back_meanwhile_is_missed_in_the_environment() -> None:
    talk = Talk()
    remark = talk.say("grace", APPLY)
    talk.github.permissions["grace"] = Permission.READ
    with pytest.raises(GateClosed, match="takes the permission write"):
        talk.job(remark, "staging")
    assert len(talk.stage.staging.rows) == 1
    assert talk.signs[-1] is Reaction.REFUSED


@pytest.mark.parametrize("verb", ["apply", "retry", "resume", "resolve", "rollback"])
def test_nothing_is_done_to_a_target_before_the_merge(verb: str) -> None:
    talk = Talk(merged=False, open=True)
    option = " --applied x" if verb == "resolve" else ""
    talk.say("mia", f"/migrate {verb} staging{option}")
    require_refused(talk, "is not merged")


@pytest.mark.parametrize("verb", ["apply staging", "approve", "check", "unlock staging", "help"])
def test_a_pull_request_that_was_closed_without_a_merge_is_over(verb: str) -> None:
    talk = Talk(merged=False, open=False)
    talk.say("mia", f"/migrate {verb}")
    if verb == "help":
        assert talk.signs == [Reaction.READ, Reaction.DONE]
    else:
        require_refused(talk, "was closed without being merged")


def test_a_merge_into_another_branch_is_not_what_is_rolled_out() -> None:
    talk = Talk()
    talk.github.pulls[NUMBER] = pull(base_name="develop")
    talk.say("grace", APPLY)
    require_refused(talk, "was merged into develop")


@pytest.mark.parametrize("target", ["development", "nowhere"])
def test_a_target_that_nothing_is_rolled_out_to_is_not_there(target: str) -> None:
    talk = Talk()
    talk.say("mia", f"/migrate apply {target}")
    require_refused(talk, "There is no target")


@pytest.mark.parametrize("line", ["approve", 'override freeze reason:"x"', "apply staging"])
def test_a_push_after_the_comment_takes_its_force(line: str) -> None:
    merged = line.startswith("apply")
    talk = Talk(merged=merged, open=not merged)
    later = MORNING + timedelta(days=1)
    talk.github.shown_heads[NUMBER] = Head(HEAD, not merged, merged, runs=(later,))
    talk.say("grace", f"/migrate {line}")
    require_refused(talk, "was pushed after the comment")


def test_a_head_that_moves_between_the_questions_was_not_seen() -> None:
    talk = Talk(merged=False, open=True)
    talk.github.shown_heads[NUMBER] = Head("2" * 40, open=True, merged=False, runs=(MORNING,))
    talk.say("grace", "/migrate approve")
    require_refused(talk, "was pushed after the comment")


def test_without_a_run_nobody_knows_what_was_seen() -> None:
    talk = Talk(merged=False, open=True)
    talk.github.shown_heads[NUMBER] = Head(HEAD, open=True, merged=False)
    talk.say("grace", "/migrate approve")
    require_refused(talk, "No check has run")


def test_what_was_seen_is_never_assumed_where_it_cannot_be_read() -> None:
    talk = Talk()
    talk.github.closed.add("runs")
    with pytest.raises(GitHubError):
        talk.say("grace", APPLY)
    assert talk.outputs == {}
    assert talk.signs == [Reaction.READ, Reaction.FAILED]
    assert "Give the workflow job the permission" in talk.said


def test_a_command_in_a_comment_with_our_marker_is_still_somebody_elses() -> None:
    """A pasted marker makes nobody the bot, and hides nothing."""
    talk = Talk()
    talk.say("linus", f"{MARKER}\n\n{APPLY}")
    require_refused(talk, "takes the permission write")
    assert talk.github.remarked[-1].body.startswith(MARKER)


def test_a_command_is_found_behind_many_other_comments() -> None:
    talk = Talk()
    for _ in range(31):
        talk.github.hear(NUMBER, "linus", "Looks good.")
    talk.say("grace", APPLY)
    assert talk.outputs["target"] == "staging"


def test_without_a_token_nobody_is_obeyed() -> None:
    talk = Talk()
    remark = talk.github.hear(NUMBER, "grace", APPLY)
    with pytest.raises(UsageError, match="no GitHub token"):
        answer(replace(talk.world(), github=None), "issue_comment", payload_of(remark), HERE)


def test_a_github_that_takes_no_sign_does_not_change_what_happens() -> None:
    talk = Talk()
    remark = talk.say("grace", APPLY)
    talk.github.closed.add("react")
    assert talk.job(remark, "staging") is ExitCode.FINE
    assert len(talk.stage.staging.rows) == 2
