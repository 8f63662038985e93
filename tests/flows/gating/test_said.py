"""Approvals and overrides that were given by comments, recomputed from the conversation."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.approvals.approval import current_opinions
from bot.core.approvals.approval_policy import Permission
from bot.core.gates.override import Override
from bot.core.github.seen import Head
from bot.errors import GitHubError
from bot.flows.gating.overrides import overrides_of
from bot.flows.gating.said import opinions_said
from tests.fakes.conversation import MORNING
from tests.flows.asked.conversing import Talk
from tests.flows.world import HEAD, NUMBER, pull

APPROVE = "/migrate approve"
OVERRIDE = '/migrate override freeze reason:"The shop is down"'


def open_talk() -> Talk:
    return Talk(merged=False, open=True)


def test_an_approval_by_a_comment_is_an_opinion_on_the_head_that_was_seen() -> None:
    talk = open_talk()
    remark = talk.github.hear(NUMBER, "grace", f"LGTM\n{APPROVE}")
    (opinion,) = opinions_said(pull(), talk.world())
    assert (opinion.login, opinion.state, opinion.commit) == ("grace", "APPROVED", HEAD)
    assert opinion.at == remark.at


@pytest.mark.parametrize("changes", [{"edited": True}, {"human": False}, {"body": f"> {APPROVE}"}])
def test_what_is_edited_quoted_or_said_by_a_bot_approves_nothing(changes: dict[str, bool]) -> None:
    talk = open_talk()
    talk.github.hear(NUMBER, "grace", APPROVE)
    talk.github.remarked[-1] = replace(talk.github.remarked[-1], **changes)
    assert opinions_said(pull(), talk.world()) == ()


def test_an_approval_before_the_last_push_is_of_an_earlier_commit() -> None:
    talk = open_talk()
    talk.github.hear(NUMBER, "grace", APPROVE)
    pushed = MORNING + timedelta(hours=1, minutes=30)
    talk.github.shown_heads[NUMBER] = Head(HEAD, open=True, merged=False, runs=(pushed,))
    talk.github.hear(NUMBER, "mia", APPROVE)
    opinions = opinions_said(pull(), talk.world())
    assert [(each.login, each.commit) for each in opinions] == [("grace", ""), ("mia", HEAD)]


def test_saying_it_again_after_the_push_makes_it_an_opinion_on_the_new_head() -> None:
    talk = open_talk()
    talk.github.hear(NUMBER, "grace", APPROVE)
    pushed = MORNING + timedelta(hours=1, minutes=30)
    talk.github.shown_heads[NUMBER] = Head(HEAD, open=True, merged=False, runs=(pushed,))
    talk.github.hear(NUMBER, "grace", APPROVE)
    (opinion,) = current_opinions(opinions_said(pull(), talk.world()))
    assert opinion.commit == HEAD


def test_where_nobody_approves_nothing_more_is_asked() -> None:
    talk = open_talk()
    talk.github.hear(NUMBER, "grace", "/migrate help")
    talk.github.closed.add("runs")
    assert opinions_said(pull(), talk.world()) == ()


def test_what_was_seen_is_not_assumed_where_it_cannot_be_read() -> None:
    talk = open_talk()
    talk.github.hear(NUMBER, "grace", APPROVE)
    talk.github.closed.add("runs")
    with pytest.raises(GitHubError):
        opinions_said(pull(), talk.world())


def overrides(talk: Talk, target: str = "production") -> tuple[Override, ...]:
    world = talk.world()
    return overrides_of([talk.github.pulls[NUMBER]], world.settings.target(target), world)


def test_an_override_says_who_why_when_and_of_what() -> None:
    talk = open_talk()
    remark = talk.github.hear(NUMBER, "mia", OVERRIDE)
    assert overrides(talk) == (Override("freeze", "mia", "The shop is down", remark.at, HEAD),)


def test_an_override_for_one_target_opens_no_other() -> None:
    talk = open_talk()
    talk.github.hear(NUMBER, "mia", '/migrate override freeze staging reason:"Now"')
    assert overrides(talk) == ()
    assert len(overrides(talk, "staging")) == 1


def test_an_override_of_somebody_who_may_not_is_none() -> None:
    talk = open_talk()
    talk.github.hear(NUMBER, "linus", OVERRIDE)
    talk.github.hear(NUMBER, "grace", OVERRIDE)
    assert overrides(talk) == ()
    assert [each.login for each in overrides(talk, "staging")] == ["grace"]


def test_a_permission_that_is_taken_back_takes_the_override_with_it() -> None:
    talk = open_talk()
    talk.github.hear(NUMBER, "mia", OVERRIDE)
    talk.github.permissions["mia"] = Permission.READ
    assert overrides(talk) == ()


def test_an_override_of_a_text_that_nobody_had_seen_is_none() -> None:
    talk = open_talk()
    talk.github.hear(NUMBER, "mia", OVERRIDE)
    talk.github.shown_heads[NUMBER] = Head(
        HEAD, open=True, merged=False, runs=(MORNING + timedelta(days=1),)
    )
    assert overrides(talk) == ()


def test_overrides_come_in_the_order_in_which_they_were_given() -> None:
    talk = open_talk()
    talk.github.permissions["grace"] = Permission.ADMIN
    talk.github.hear(NUMBER, "mia", OVERRIDE)
    talk.github.hear(NUMBER, "grace", OVERRIDE)
    assert [each.login for each in overrides(talk)] == ["mia", "grace"]
