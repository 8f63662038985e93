"""Commits and comparisons, through PyGithub."""

from typing import Any

import pytest
from github import GithubException, UnknownObjectException
from github.Repository import Repository

from bot.demo.hub import Hub
from tests.hub import FIRST, SECOND, SHOP


def test_commits_are_listed_newest_first_and_by_path(hub: Hub, repository: Repository) -> None:
    hub.push(SHOP, "main", {"a.txt": "a"}, author="mia", message="Add a")
    hub.push(SHOP, "main", {"b.txt": "b"}, author="mia", message="Add b")

    def messages(**asked: Any) -> list[str]:
        return [each.commit.message for each in repository.get_commits(**asked)]

    assert messages() == ["Add b", "Add a", "Start"]
    assert messages(path="a.txt") == ["Add a"]
    assert messages(path=FIRST, sha="main") == ["Start"]
    with pytest.raises(UnknownObjectException):
        messages(sha="nowhere")


@pytest.mark.slow
def test_commits_come_in_pages(hub: Hub, repository: Repository) -> None:
    for number in range(101):
        hub.push(SHOP, "main", {"a.txt": str(number)}, author="mia")
    assert len(list(repository.get_commits())) == 102


def test_a_commit_is_told_with_its_files(hub: Hub, repository: Repository) -> None:
    hub.push(SHOP, "main", {"a.txt": "a\n", "README.md": "# New\n"}, author="mia")
    tip = repository.get_commit("main")
    assert [each.filename for each in tip.files] == ["README.md", "a.txt"]
    assert (tip.stats.additions, tip.stats.deletions) == (2, 1)
    assert len(tip.parents) == 1
    first = repository.get_commit(tip.parents[0].sha)
    assert [each.status for each in first.files] == ["added", "added"]
    with pytest.raises(GithubException, match="No commit found for SHA: nowhere"):
        _ = repository.get_commit("nowhere").stats


def test_a_person_unknown_to_github_is_no_author(hub: Hub, repository: Repository) -> None:
    tip = repository.get_commit("main")
    assert tip.author.login == "acme"
    hub.state.users.pop("acme")
    assert repository.get_commit("main").commit.author.name == "acme"
    assert hub.calls[-1].response_body["author"] is None


def test_a_comparison_counts_both_ways(hub: Hub, repository: Repository, pull: int) -> None:
    hub.push(SHOP, "main", {"later.txt": "later"}, author="mia")
    found = repository.compare("main", "second")
    assert (found.status, found.ahead_by, found.behind_by) == ("diverged", 1, 1)
    assert [each.filename for each in found.files] == [SECOND]
    assert [each.commit.message for each in found.commits] == ["Add the second"]
    assert repository.compare("main", "main").status == "identical"
    with pytest.raises(UnknownObjectException):
        _ = repository.compare("main", "nowhere").status


def test_a_commit_leads_to_its_pull_requests(hub: Hub, repository: Repository, pull: int) -> None:
    head = repository.get_pull(pull).head.sha
    assert [each.number for each in repository.get_commit(head).get_pulls()] == [pull]
    hub.merge(SHOP, pull, author="mia", method="squash")
    tip = repository.get_branch("main").commit
    assert [each.number for each in tip.get_pulls()] == [pull]
    assert list(repository.get_commit(tip.parents[0].sha).get_pulls()) == []


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_every_commit_that_a_merge_put_on_main_tells_its_pull_request(
    hub: Hub, repository: Repository, method: str
) -> None:
    hub.push(SHOP, "topic", {"a.txt": "a"}, author="ada")
    hub.push(SHOP, "topic", {"b.txt": "b"}, author="ada")
    hub.open_pull_request(SHOP, author="ada", head="topic", title="Two commits")
    _, push = hub.merge(SHOP, 1, author="mia", method=method)
    for pushed in push.payload["commits"]:
        found = repository.get_commit(pushed["id"]).get_pulls()
        assert [pull.number for pull in found] == [1]
