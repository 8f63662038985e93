"""The list of commands, read again from the conversation each time."""

from bot.core.github.said import Reaction
from bot.flows.telling.commands import commands_on, commands_told
from tests.fakes import FakeConsole
from tests.flows.asked.conversing import Talk
from tests.flows.world import NUMBER


def test_only_what_asks_for_something_is_listed_and_of_it_the_last_five() -> None:
    talk = Talk()
    for number in range(7):
        talk.github.hear(NUMBER, "grace", "Thanks.")
        talk.github.hear(NUMBER, f"user{number}", "/migrate plan")
    listed = commands_on(NUMBER, talk.world())
    assert [each.login for each in listed] == ["user2", "user3", "user4", "user5", "user6"]
    assert {each.line for each in listed} == {"/migrate plan"}


def test_the_sign_is_ours_and_the_last_word_counts() -> None:
    talk = Talk()
    unread, read, done = (talk.github.hear(NUMBER, "grace", "/migrate plan") for _ in range(3))
    talk.github.signs = {
        read.id: [Reaction.READ],
        done.id: [Reaction.READ, Reaction.DONE],
    }
    signs = [each.sign for each in commands_on(NUMBER, talk.world())]
    assert unread.id not in talk.github.signs
    assert signs == [None, Reaction.READ, Reaction.DONE]


def test_why_something_was_refused_is_found_out_again() -> None:
    talk = Talk()
    talk.say("linus", "/migrate apply staging")
    talk.say("grace", "/migrate aply staging")
    refused, misread = commands_on(NUMBER, talk.world())
    assert "takes the permission write" in refused.answer
    assert (misread.line, misread.sign) == ("/migrate …", Reaction.FAILED)
    assert "There is no command “aply”" in misread.answer


def test_a_refusal_that_would_be_none_today_says_so() -> None:
    talk = Talk(merged=False, open=True)
    talk.say("grace", "/migrate apply staging")
    talk.merged, talk.open = True, False
    talk.__post_init__()
    (refused,) = commands_on(NUMBER, talk.world())
    assert "nothing stands against it now" in refused.answer


def test_a_conversation_that_cannot_be_read_leaves_the_list_out() -> None:
    talk = Talk()
    talk.github.closed.add("comments")
    world = talk.world()
    assert commands_told(NUMBER, world) == ()
    assert isinstance(world.console, FakeConsole)
    assert "no commands shown on #7" in world.console.said[0]
