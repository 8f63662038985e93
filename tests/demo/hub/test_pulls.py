"""Pull requests and reviews, through PyGithub."""

import pytest
from github import GithubException, UnknownObjectException
from github.Repository import Repository

from bot.demo.hub import Hub
from tests.demo.hub.conftest import Connect
from tests.hub import FIRST, SECOND, SHOP


def test_a_pull_request_is_told_with_its_counts(repository: Repository, pull: int) -> None:
    found = repository.get_pull(pull)
    assert (found.number, found.title, found.state, found.merged) == (1, "Second", "open", False)
    assert (found.commits, found.changed_files, found.additions) == (1, 1, 1)
    assert (found.head.ref, found.base.ref, found.user.login) == ("second", "main", "ada")
    assert found.mergeable is True
    assert found.mergeable_state == "clean"


def test_a_conflict_is_told(hub: Hub, repository: Repository, pull: int) -> None:
    hub.push(SHOP, "main", {SECOND: "SELECT 2;\n"}, author="mia")
    found = repository.get_pull(pull)
    assert found.mergeable is False
    assert found.mergeable_state == "dirty"
    assert found.merge_commit_sha is None


def test_a_missing_pull_request_is_not_found(repository: Repository) -> None:
    for number in (404, 0):
        with pytest.raises(UnknownObjectException):
            _ = repository.get_pull(number).title


def test_pull_requests_are_listed_by_state_base_and_head(
    hub: Hub, repository: Repository, pull: int
) -> None:
    hub.push(SHOP, "other", {"b.txt": "b"}, author="ada")
    hub.open_pull_request(SHOP, author="ada", head="other", title="Other")
    hub.close(SHOP, pull, author="ada")

    def numbers(**asked: str) -> list[int]:
        return [each.number for each in repository.get_pulls(**asked)]

    assert numbers() == [2]
    assert numbers(state="closed") == [1]
    assert numbers(state="all") == [2, 1]
    assert numbers(state="all", base="main", head="acme:second") == [1]
    assert numbers(state="all", base="elsewhere") == []
    assert numbers(state="all", sort="created", direction="asc") == [1, 2]


def test_files_are_told_with_their_patch_and_their_former_name(
    hub: Hub, repository: Repository, pull: int
) -> None:
    moved = FIRST.replace("first", "begin")
    binary = b"\x00\x01binary"
    hub.push(SHOP, "second", {"logo.png": binary}, author="ada", renames=[(FIRST, moved)])
    hub.push(SHOP, "second", {"README.md": None}, author="ada")
    files = {each.filename: each for each in repository.get_pull(pull).get_files()}
    assert files[SECOND].patch == "@@ -0,0 +1 @@\n+SELECT 1;"
    assert (files[SECOND].status, files[SECOND].additions) == ("added", 1)
    assert (files[moved].status, files[moved].previous_filename) == ("renamed", FIRST)
    assert files["README.md"].status == "removed"
    assert files["logo.png"].patch is None


def test_files_are_compared_with_where_the_branch_began(
    hub: Hub, repository: Repository, pull: int
) -> None:
    hub.push(SHOP, "main", {"later.txt": "on main\n"}, author="mia")
    files = [each.filename for each in repository.get_pull(pull).get_files()]
    assert files == [SECOND]


def test_files_come_in_pages(hub: Hub, repository: Repository, pull: int) -> None:
    many = {f"many/{number:03}.sql": "SELECT 1;\n" for number in range(120)}
    hub.push(SHOP, "second", many, author="ada")
    files = list(repository.get_pull(pull).get_files())
    assert len(files) == 121
    pages = [call.query.get("page") for call in hub.calls if call.path.endswith("/files")]
    assert pages == [None, "2", "3", "4", "5"]


def test_commits_are_told_oldest_first(hub: Hub, repository: Repository, pull: int) -> None:
    hub.push(SHOP, "second", {"a.txt": "a"}, author="mia", message="Add a file")
    commits = list(repository.get_pull(pull).get_commits())
    assert [each.commit.message for each in commits] == ["Add the second", "Add a file"]
    assert [each.author.login for each in commits] == ["ada", "mia"]


def test_a_fork_is_the_home_of_its_head(hub: Hub, repository: Repository) -> None:
    hub.fork(SHOP, author="zoe")
    hub.push("zoe/shop", "mine", {SECOND: "SELECT 1;\n"}, author="zoe")
    event = hub.open_pull_request(
        SHOP, author="zoe", head="mine", head_repository="zoe/shop", title="From a fork"
    )
    found = repository.get_pull(event.payload["number"])
    assert found.head.repo.full_name == "zoe/shop"
    assert found.base.repo.full_name == SHOP
    assert found.head.label == "zoe:mine"
    assert [each.filename for each in found.get_files()] == [SECOND]


def test_reviewers_are_requested_and_withdrawn(repository: Repository, pull: int) -> None:
    found = repository.get_pull(pull)
    found.create_review_request(reviewers=["mia"])
    assert [each.login for each in found.get_review_requests()[0]] == ["mia"]
    found.delete_review_request(reviewers=["mia"])
    assert list(found.get_review_requests()[0]) == []


@pytest.mark.parametrize("login", ["ada", "stranger"])
def test_a_review_is_not_asked_of_the_author_or_a_stranger(
    repository: Repository, pull: int, login: str
) -> None:
    with pytest.raises(GithubException, match="422"):
        repository.get_pull(pull).create_review_request(reviewers=[login])


def test_reviews_are_left_and_listed_oldest_first(hub: Hub, connect: Connect, pull: int) -> None:
    head = connect().get_pull(pull).head.sha
    mine = connect("mia").get_pull(pull)
    mine.create_review(body="Wait", event="REQUEST_CHANGES")
    left = mine.create_review(event="APPROVE")
    assert mine.get_review(left.id).state == "APPROVED"
    found = list(connect().get_pull(pull).get_reviews())
    assert [each.state for each in found] == ["CHANGES_REQUESTED", "APPROVED"]
    assert {each.commit_id for each in found} == {head}
    assert {each.user.login for each in found} == {"mia"}


def test_an_approval_stays_with_the_commit_it_was_given_to(
    hub: Hub, repository: Repository, pull: int
) -> None:
    old = repository.get_pull(pull).head.sha
    hub.review(SHOP, pull, author="mia")
    hub.push(SHOP, "second", {SECOND: "SELECT 2;\n"}, author="ada")
    [review] = repository.get_pull(pull).get_reviews()
    assert review.commit_id == old
    assert repository.get_pull(pull).head.sha != old


def test_a_dismissed_review_says_so(connect: Connect, pull: int) -> None:
    mine = connect("mia").get_pull(pull)
    review = mine.create_review(event="APPROVE")
    review.dismiss("Out of date")
    assert [each.state for each in mine.get_reviews()] == ["DISMISSED"]
    with pytest.raises(GithubException, match="Can not dismiss"):
        review.dismiss("Again")


def test_nobody_approves_their_own_pull_request(connect: Connect, pull: int) -> None:
    with pytest.raises(GithubException, match="Can not approve your own pull request"):
        connect("ada").get_pull(pull).create_review(event="APPROVE")


def test_a_missing_review_is_not_found(repository: Repository, pull: int) -> None:
    with pytest.raises(UnknownObjectException):
        _ = repository.get_pull(pull).get_review(1).state


def test_reviews_come_in_pages(hub: Hub, repository: Repository, pull: int) -> None:
    for number in range(101):
        hub.review(SHOP, pull, author="mia", event="COMMENT", body=f"Thought {number}")
    assert len(list(repository.get_pull(pull).get_reviews())) == 101
