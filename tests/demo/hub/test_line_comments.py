"""Comments on lines of a pull request, through PyGithub."""

import pytest
from github import GithubException, UnknownObjectException
from github.PullRequest import PullRequest
from github.PullRequestComment import PullRequestComment
from github.Repository import Repository

from bot.demo.hub import Hub
from tests.demo.hub.conftest import Connect
from tests.hub import SECOND, SHOP


@pytest.fixture
def asked(repository: Repository, pull: int) -> PullRequest:
    return repository.get_pull(pull)


@pytest.fixture
def comment(asked: PullRequest) -> PullRequestComment:
    asked.create_review(
        event="COMMENT", body="One", comments=[{"path": SECOND, "line": 1, "body": "Why?"}]
    )
    [found] = asked.get_review_comments()
    return found


def test_a_comment_on_a_line_is_changed_and_deleted(
    asked: PullRequest, comment: PullRequestComment
) -> None:
    comment.edit("Settled")
    read = asked.get_review_comment(comment.id)
    assert (read.body, read.line) == ("Settled", 1)
    assert read.updated_at > read.created_at
    read.delete()
    assert list(asked.get_review_comments()) == []
    with pytest.raises(UnknownObjectException):
        _ = asked.get_review_comment(comment.id).body


def test_an_answer_stands_in_the_thread_of_the_first(
    connect: Connect, asked: PullRequest, comment: PullRequestComment
) -> None:
    made = connect("ada").get_pull(1).create_review_comment_reply(comment.id, "Because")
    assert (made.in_reply_to_id, made.user.login, made.path) == (comment.id, "ada", SECOND)
    assert len(list(asked.get_review_comments())) == 2
    with pytest.raises(UnknownObjectException):
        asked.create_review_comment_reply(made.id, "To an answer")


def test_a_reader_changes_only_what_is_their_own(
    hub: Hub, connect: Connect, comment: PullRequestComment
) -> None:
    hub.set_role(SHOP, "linus", "read")
    with pytest.raises(GithubException, match="Must have admin rights"):
        connect("linus").get_pull(1).get_review_comment(comment.id).edit("Mine now")
