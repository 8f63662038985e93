"""Comments, reactions and labels, through PyGithub."""

import pytest
import requests
from github import GithubException, UnknownObjectException
from github.Repository import Repository

from bot.demo.hub import Hub
from tests.demo.hub.conftest import Connect
from tests.hub import SHOP


def test_a_comment_is_written_read_changed_and_deleted(repository: Repository, pull: int) -> None:
    written = repository.get_pull(pull).create_issue_comment("Hello **there**")
    assert written.user.login == "github-actions[bot]"
    assert written.user.id == 41898282
    written.edit("Goodbye")
    read = repository.get_pull(pull).get_issue_comment(written.id)
    assert read.body == "Goodbye"
    assert read.updated_at > read.created_at
    read.delete()
    assert list(repository.get_pull(pull).get_issue_comments()) == []
    with pytest.raises(UnknownObjectException):
        _ = repository.get_pull(pull).get_issue_comment(written.id).body


def test_comments_come_in_pages(hub: Hub, repository: Repository, pull: int) -> None:
    for number in range(131):
        hub.comment(SHOP, pull, author="zoe", body=f"Comment {number}")
    bodies = [each.body for each in repository.get_pull(pull).get_issue_comments()]
    assert bodies == [f"Comment {number}" for number in range(131)]
    sizes = [len(c.response_body) for c in hub.calls if c.path.endswith("/comments")]
    assert sizes == [30, 30, 30, 30, 11]


def test_the_pages_name_each_other(hub: Hub, pull: int) -> None:
    for number in range(250):
        hub.comment(SHOP, pull, author="zoe", body=f"Comment {number}")
    token = hub.token(permissions={"issues": "read"})
    url = f"{hub.api_url}/repos/{SHOP}/issues/{pull}/comments"
    with requests.Session() as session:
        session.headers["authorization"] = f"token {token}"
        second = session.get(url, params={"per_page": "500", "page": "2"}, timeout=5)
        beyond = session.get(url, params={"per_page": "100", "page": "9"}, timeout=5)
    assert len(second.json()) == 100
    assert second.links.keys() == {"prev", "next", "first", "last"}
    assert second.links["last"]["url"].endswith("page=3")
    assert beyond.json() == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "Body cannot be blank"),
        (" \n", "Body cannot be blank"),
        ("x" * 65_537, r"Body is too long \(maximum is 65536 characters\)"),
    ],
)
def test_a_body_of_the_wrong_length_is_refused(
    repository: Repository, pull: int, body: str, message: str
) -> None:
    mine = repository.get_pull(pull)
    with pytest.raises(GithubException, match=message):
        mine.create_issue_comment(body)
    comment = mine.create_issue_comment("x" * 65_536)
    with pytest.raises(GithubException, match=message):
        comment.edit(body)


def test_a_reader_may_comment_but_not_change_what_others_wrote(
    hub: Hub, connect: Connect, pull: int
) -> None:
    hub.set_role(SHOP, "ron", "read")
    mine = connect("ron").get_pull(pull)
    mine.create_issue_comment("Nice").edit("Very nice")
    hub.comment(SHOP, pull, author="mia", body="Mine")
    [_, other] = mine.get_issue_comments()
    with pytest.raises(GithubException, match="403"):
        other.edit("Yours")
    with pytest.raises(GithubException, match="403"):
        other.delete()


def test_comments_since_a_moment_are_those_changed_after_it(
    hub: Hub, repository: Repository, pull: int
) -> None:
    hub.comment(SHOP, pull, author="zoe", body="Early")
    event = hub.comment(SHOP, pull, author="zoe", body="Late")
    mine = repository.get_pull(pull)
    late = mine.get_issue_comment(event.payload["comment"]["id"])
    issue = repository.get_issue(pull)
    assert [each.body for each in issue.get_comments(since=late.created_at)] == ["Late"]


def test_a_pull_request_is_an_issue_too(repository: Repository, pull: int) -> None:
    issue = repository.get_issue(pull)
    assert issue.title == "Second"
    assert issue.pull_request is not None
    with pytest.raises(UnknownObjectException):
        _ = repository.get_issue(404).title


def test_a_reaction_is_left_once(hub: Hub, connect: Connect, pull: int) -> None:
    event = hub.comment(SHOP, pull, author="mia", body="/migrate apply staging")
    comment = connect().get_pull(pull).get_issue_comment(event.payload["comment"]["id"])
    first, again = comment.create_reaction("eyes"), comment.create_reaction("eyes")
    assert first.id == again.id
    assert [each.content for each in comment.get_reactions()] == ["eyes"]
    assert [c.status for c in hub.calls if c.method == "POST"] == [201, 200]
    assert comment.delete_reaction(first.id)
    assert list(comment.get_reactions()) == []


def test_labels_are_made_when_they_are_put_on(repository: Repository, pull: int) -> None:
    mine = repository.get_pull(pull)
    mine.add_to_labels("migration", "risk: high")
    mine.add_to_labels("migration")
    assert [each.name for each in mine.get_labels()] == ["migration", "risk: high"]
    assert [each.name for each in repository.get_pull(pull).labels] == ["migration", "risk: high"]
    mine.remove_from_labels("risk: high")
    assert [each.name for each in mine.get_labels()] == ["migration"]
    assert [each.name for each in repository.get_labels()] == ["migration", "risk: high"]
    with pytest.raises(GithubException, match="Label does not exist"):
        mine.remove_from_labels("risk: high")
    with pytest.raises(GithubException, match="Validation Failed"):
        mine.add_to_labels("x" * 51)


def test_an_issue_is_opened_discussed_and_closed(hub: Hub, repository: Repository) -> None:
    made = repository.create_issue("Drift on production", body="A column", labels=["drift"])
    assert (made.number, made.state, made.html_url.split("/")[-2:]) == (1, "open", ["issues", "1"])
    made.create_comment("Still there")
    assert [each.body for each in made.get_comments()] == ["Still there"]
    made.edit(title="Drift", state="closed", state_reason="completed", labels=["settled"])
    read = repository.get_issue(1)
    assert (read.title, read.state, read.state_reason) == ("Drift", "closed", "completed")
    assert [each.name for each in read.labels] == ["settled"]
    assert read.pull_request is None


def test_issues_and_pull_requests_are_numbered_and_listed_together(
    hub: Hub, repository: Repository, pull: int
) -> None:
    assert hub.open_issue(SHOP, author="ada", title="Mine").number == 2
    repository.create_issue("Drift", labels=["drift"])
    repository.get_pull(pull).add_to_labels("drift")
    assert [each.number for each in repository.get_issues()] == [3, 2, 1]
    assert [each.number for each in repository.get_issues(labels=["drift"])] == [3, 1]
    asked = f"/repos/{SHOP}/issues", {"creator": "ada"}
    assert [
        each["number"] for each in repository.requester.requestJsonAndCheck("GET", *asked)[1]
    ] == [2, 1]
    assert [each.number for each in repository.get_issues(state="closed")] == []
    event = hub.comment(SHOP, 2, author="mia", body="Yes")
    assert "pull_request" not in event.payload["issue"]


def test_a_label_is_made_with_its_colour_once(repository: Repository) -> None:
    made = repository.create_label("migrations: high risk", "B60205", "Locks or loses something")
    assert (made.color, made.description) == ("b60205", "Locks or loses something")
    assert repository.get_label("Migrations: high risk").color == made.color
    with pytest.raises(GithubException, match="already_exists"):
        repository.create_label("MIGRATIONS: high risk", "ffffff")
    with pytest.raises(UnknownObjectException):
        _ = repository.get_label("other").color


@pytest.mark.parametrize("label", [("x" * 51, "ffffff"), ("a", "red"), ("a", "ffffff", "x" * 101)])
def test_a_label_github_would_not_take_is_refused(
    repository: Repository, label: tuple[str, ...]
) -> None:
    with pytest.raises(GithubException, match="Validation Failed"):
        repository.create_label(*label)
