"""Accounts that are deleted: what they leave behind is nobody's, or a ghost's."""

import pytest
from github import UnknownObjectException
from github.Repository import Repository

from bot.demo.hub import Hub
from bot.demo.hub.documents.users import GHOST
from tests.hub import SHOP


def test_an_account_that_is_deleted_leaves_its_words_and_loses_its_rights(
    hub: Hub, repository: Repository, pull: int
) -> None:
    hub.comment(SHOP, pull, author="mia", body="Fine.")
    hub.request_review(SHOP, pull, author="ada", reviewer="mia")
    hub.delete_account("mia")
    found = repository.get_pull(pull)
    (comment,) = repository.get_issue(pull).get_comments()

    assert comment.body == "Fine."
    assert hub.calls[-1].response_body[0]["user"] is None
    assert found.requested_reviewers == []
    with pytest.raises(UnknownObjectException):
        repository.get_collaborator_permission("mia")
    hub.delete_account("ada")
    assert (repository.get_pull(pull).user.login, repository.get_pull(pull).user.id) == GHOST
