"""The repository's routes, through PyGithub."""

import base64

import pytest
import requests
from github import GithubException, UnknownObjectException
from github.Repository import Repository

from bot.demo.hub import Hub
from tests.demo.hub.conftest import Connect, client_for
from tests.hub import FIRST, SHOP


def test_a_repository_tells_its_name_and_default_branch(repository: Repository) -> None:
    assert repository.full_name == SHOP
    assert repository.default_branch == "main"
    assert repository.private


def test_a_fork_tells_its_parent(hub: Hub, connect: Connect) -> None:
    hub.fork(SHOP, author="zoe")
    token = hub.token("zoe", permissions={"contents": "read"})
    with client_for(hub, token) as client:
        fork = client.get_repo("zoe/shop")
    assert fork.fork
    assert fork.parent.full_name == SHOP


@pytest.mark.parametrize(
    ("login", "permission", "role"),
    [
        ("acme", "admin", "admin"),
        ("mia", "write", "maintain"),
        ("ada", "write", "write"),
        ("tom", "read", "triage"),
        ("zoe", "none", "none"),
    ],
)
def test_a_role_is_told_in_the_older_and_the_newer_word(
    hub: Hub, repository: Repository, login: str, permission: str, role: str
) -> None:
    hub.set_role(SHOP, "tom", "triage")
    hub.state.user("zoe")
    assert repository.get_collaborator_permission(login) == permission
    assert repository.get_collaborator_role_name(login) == role


def test_the_permission_of_a_stranger_is_not_found(repository: Repository) -> None:
    with pytest.raises(UnknownObjectException):
        repository.get_collaborator_permission("nobody")


def test_collaborators_are_listed_with_the_owner(repository: Repository) -> None:
    assert [each.login for each in repository.get_collaborators()] == ["acme", "mia", "ada"]


def test_a_file_is_told_with_its_content(repository: Repository) -> None:
    found = repository.get_contents(FIRST, ref="main")
    assert not isinstance(found, list)
    assert found.decoded_content == b'CREATE TABLE "Order" (id int);\n'
    assert found.path == FIRST


def test_a_folder_is_told_as_a_list(repository: Repository) -> None:
    found = repository.get_contents("prisma/migrations")
    assert isinstance(found, list)
    assert [(each.type, each.path) for each in found] == [("dir", FIRST.rpartition("/")[0])]


def test_the_root_folder_is_told_as_a_list(repository: Repository) -> None:
    found = repository.get_contents("")
    assert isinstance(found, list)
    assert [each.path for each in found] == ["README.md", "prisma"]


def test_a_file_comes_bare_to_those_who_accept_that(hub: Hub) -> None:
    token = hub.token(permissions={"contents": "read"})
    answer = requests.get(
        f"{hub.api_url}/repos/{SHOP}/contents/{FIRST}",
        headers={"authorization": f"Bearer {token}", "accept": "application/vnd.github.raw+json"},
        timeout=5,
    )
    assert answer.content == b'CREATE TABLE "Order" (id int);\n'


@pytest.mark.parametrize("path", ["nothing.txt", "prisma/*", ":(glob)**"])
def test_a_missing_file_is_not_found(repository: Repository, path: str) -> None:
    with pytest.raises(UnknownObjectException):
        repository.get_contents(path)


def test_a_missing_ref_is_not_found(repository: Repository) -> None:
    with pytest.raises(GithubException, match="No commit found for the ref nowhere"):
        repository.get_contents(FIRST, ref="nowhere")


def test_a_tree_is_told_level_by_level_or_whole(repository: Repository) -> None:
    head = repository.get_branch("main").commit.sha
    flat = repository.get_git_tree(head)
    deep = repository.get_git_tree(head, recursive=True)
    assert [each.path for each in flat.tree] == ["README.md", "prisma"]
    assert FIRST in [each.path for each in deep.tree]
    with pytest.raises(UnknownObjectException):
        repository.get_git_tree("0" * 40)


def test_a_blob_is_told_in_base64(repository: Repository) -> None:
    deep = repository.get_git_tree("main", recursive=True)
    entry = next(each for each in deep.tree if each.path == FIRST)
    found = repository.get_git_blob(entry.sha)
    assert base64.b64decode(found.content) == b'CREATE TABLE "Order" (id int);\n'
    assert found.size == 31
    with pytest.raises(UnknownObjectException):
        repository.get_git_blob("0" * 40)


def test_a_branch_and_a_reference_tell_their_commit(repository: Repository) -> None:
    tip = repository.get_branch("main").commit.sha
    assert repository.get_git_ref("heads/main").object.sha == tip
    with pytest.raises(GithubException, match="Branch not found"):
        repository.get_branch("nowhere")
    with pytest.raises(UnknownObjectException):
        _ = repository.get_git_ref("heads/nowhere").object


def test_a_person_learns_who_they_are_and_an_app_does_not(hub: Hub) -> None:
    with client_for(hub, hub.token("mia", permissions={})) as client:
        assert client.get_user().login == "mia"
        assert client.get_user("ada").login == "ada"
        assert client.get_rate_limit().resources.core.limit == 5000
        with pytest.raises(UnknownObjectException):
            client.get_user("nobody")
    with (
        client_for(hub, hub.token(permissions={})) as client,
        pytest.raises(GithubException, match="Resource not accessible by integration"),
    ):
        _ = client.get_user().login


def test_a_commit_is_told_as_git_has_it(hub: Hub, repository: Repository) -> None:
    sha = hub.repository(SHOP).git.resolve("main") or ""
    found = repository.get_git_commit(sha)
    assert (found.message, found.author.name, found.parents) == ("Start", "acme", [])
    with pytest.raises(UnknownObjectException):
        _ = repository.get_git_commit("main").message
