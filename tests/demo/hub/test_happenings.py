"""What was done to a pull request, through PyGithub."""

from github.Repository import Repository

from bot.demo.hub import Hub
from tests.hub import SECOND, SHOP


def told(repository: Repository) -> list[tuple[str, str]]:
    return [(each.event, each.actor.login) for each in repository.get_issue(1).get_events()]


def test_who_was_asked_for_a_review_stays_known(
    hub: Hub, repository: Repository, pull: int
) -> None:
    hub.create_team("acme", "dba", ["grace"])
    hub.request_review(SHOP, pull, author="ada", reviewer="mia")
    hub.request_review(SHOP, pull, author="ada", reviewer="mia")
    repository.get_pull(pull).create_review_request(team_reviewers=["dba"])
    hub.withdraw_request(SHOP, pull, author="mia", reviewer="mia")
    assert told(repository) == [
        ("review_requested", "ada"),
        ("review_requested", "github-actions[bot]"),
        ("review_request_removed", "mia"),
    ]
    person, team, _ = repository.get_issue(pull).get_events()
    assert (person.requested_reviewer.login, team.requested_team.slug) == ("mia", "dba")
    assert person.review_requester.login == "ada"


def test_who_was_given_a_pull_request_and_by_whom_is_told(
    hub: Hub, repository: Repository, pull: int
) -> None:
    hub.assign(SHOP, pull, author="mia", assignee="ada")
    assert [each.login for each in repository.get_pull(pull).assignees] == ["ada"]
    hub.assign(SHOP, pull, author="ada", assignee="ada", given=False)
    assert repository.get_pull(pull).assignees == []
    given, taken = repository.get_issue(pull).get_events()
    assert (given.event, given.actor.login, given.assignee.login) == ("assigned", "mia", "ada")
    assert taken.event == "unassigned"


def test_a_forced_push_is_remembered_and_another_is_not(
    hub: Hub, repository: Repository, pull: int
) -> None:
    hub.push(SHOP, "second", {SECOND: "SELECT 2;\n"}, author="ada")
    assert told(repository) == []
    hub.push(SHOP, "second", {SECOND: "SELECT 3;\n"}, author="mia", replace=True)
    assert told(repository) == [("head_ref_force_pushed", "mia")]


def test_labels_that_came_and_went_are_told(repository: Repository, pull: int) -> None:
    asked = repository.get_pull(pull)
    asked.add_to_labels("drift", "drift")
    asked.remove_from_labels("drift")
    assert [event for event, _ in told(repository)] == ["labeled", "unlabeled"]
    first, _ = repository.get_issue(pull).get_events()
    assert first.label.name == "drift"


def test_of_an_issue_nothing_is_remembered(hub: Hub, repository: Repository) -> None:
    hub.open_issue(SHOP, author="ada", title="Drift")
    assert told(repository) == []
