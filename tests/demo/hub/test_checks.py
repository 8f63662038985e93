"""Check runs and statuses, through PyGithub."""

from typing import Any

import pytest
from github import GithubException, UnknownObjectException
from github.Repository import Repository

from bot.demo.hub import Hub
from tests.demo.hub.conftest import Connect
from tests.hub import SECOND, SHOP
from tests.openapi.validator import OpenApiValidator


def annotations(count: int) -> list[dict[str, Any]]:
    return [
        {
            "path": SECOND,
            "start_line": line,
            "end_line": line,
            "annotation_level": "warning",
            "message": f"Line {line}",
        }
        for line in range(1, count + 1)
    ]


@pytest.fixture
def head(repository: Repository, pull: int) -> str:
    return repository.get_pull(pull).head.sha


def test_a_check_run_is_begun_and_concluded(repository: Repository, head: str) -> None:
    run = repository.create_check_run("migrations", head, status="in_progress", external_id="7")
    assert (run.status, run.external_id) == ("in_progress", "7")
    run.edit(conclusion="success", output={"title": "All well", "summary": "Nothing to say"})
    read = repository.get_check_run(run.id)
    assert (read.status, read.conclusion) == ("completed", "success")
    assert read.completed_at is not None
    assert (read.output.title, read.output.summary) == ("All well", "Nothing to say")
    assert [each.number for each in read.pull_requests] == [1]


def test_annotations_add_up_over_several_calls(repository: Repository, head: str) -> None:
    output: dict[str, Any] = {"title": "Findings", "summary": "Many"}
    run = repository.create_check_run("migrations", head, output=output)
    for _ in range(3):
        run.edit(output={**output, "annotations": annotations(50)})
    assert repository.get_check_run(run.id).output.annotations_count == 150
    assert len(list(run.get_annotations())) == 150


def test_more_than_fifty_annotations_at_once_are_refused(
    repository: Repository, head: str, validator: OpenApiValidator
) -> None:
    output: dict[str, Any] = {"title": "Findings", "summary": "Many"}
    output["annotations"] = annotations(51)
    with pytest.raises(GithubException, match="No more than 50 items are allowed"):
        repository.create_check_run("migrations", head, output=output)
    assert "too long" in " ".join(validator.forgive())


def test_an_unfinished_conclusion_or_an_unknown_word_is_refused(
    repository: Repository, head: str, validator: OpenApiValidator
) -> None:
    with pytest.raises(GithubException, match="422"):
        repository.create_check_run("migrations", head, status="completed")
    with pytest.raises(GithubException, match="not a member"):
        repository.create_check_run("migrations", head, conclusion="splendid")
    with pytest.raises(GithubException, match="wasn't supplied"):
        repository.create_check_run("migrations", head, output={"title": "No summary"})
    with pytest.raises(GithubException, match="No commit found"):
        repository.create_check_run("migrations", "0" * 40)
    assert validator.forgive()


def test_only_apps_write_check_runs_and_only_their_own(connect: Connect, head: str) -> None:
    with pytest.raises(GithubException, match="You must authenticate via a GitHub App"):
        connect("mia").create_check_run("migrations", head)
    run = connect("other[bot]").create_check_run("migrations", head)
    with pytest.raises(GithubException, match="can only be modified by the GitHub App"):
        connect().get_check_run(run.id).edit(conclusion="success")


def test_the_newest_check_run_of_each_name_is_listed(
    hub: Hub, repository: Repository, head: str
) -> None:
    for name in ("lint", "migrations", "migrations"):
        newest = repository.create_check_run(name, head)
    commit = repository.get_commit(head)
    assert {each.name for each in commit.get_check_runs()} == {"lint", "migrations"}
    [found] = commit.get_check_runs(check_name="migrations")
    assert found.id == newest.id
    assert commit.get_check_runs(filter="all").totalCount == 3


@pytest.mark.slow
def test_check_runs_come_in_pages(repository: Repository, head: str) -> None:
    for number in range(101):
        repository.create_check_run(f"check {number}", head)
    assert len(list(repository.get_commit(head).get_check_runs())) == 101


def test_a_missing_check_run_is_not_found(repository: Repository) -> None:
    with pytest.raises(UnknownObjectException):
        _ = repository.get_check_run(1).name


def test_the_newest_status_of_each_context_counts(repository: Repository, head: str) -> None:
    commit = repository.get_commit(head)
    assert commit.get_combined_status().state == "pending"
    commit.create_status("failure", context="migrations", description="Blocked")
    commit.create_status("success", context="build", target_url="https://ci.example/1")
    assert commit.get_combined_status().state == "failure"
    commit.create_status("success", context="migrations")
    combined = commit.get_combined_status()
    assert (combined.state, combined.total_count) == ("success", 2)
    assert [each.state for each in commit.get_statuses()] == ["success", "success", "failure"]


def test_a_status_of_a_missing_commit_or_too_many_words_is_refused(
    hub: Hub, repository: Repository, head: str
) -> None:
    with pytest.raises(GithubException, match="No commit found"):
        repository.get_commit("0" * 40).create_status("success")
    with pytest.raises(GithubException, match="too long"):
        repository.get_commit(head).create_status("success", description="x" * 141)
    assert hub.calls[-1].status == 422
    assert SHOP in hub.calls[-1].path
