"""Every list that the bot reads, with more in it than GitHub gives at once: what matters is on the
last page."""

import subprocess
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import pytest

from bot.adapters.github.repository import GitHubRepository
from bot.core.github.check_run import CheckRun
from bot.core.github.deployment import Deployment
from bot.core.github.said import Reaction
from bot.core.rollouts.progress import State
from bot.demo.hub import Hub
from bot.demo.hub.outcomes import CheckRun as HubCheckRun
from bot.demo.hub.outcomes import DeploymentStatus
from bot.demo.hub.records import Happening, Label, PullRequest, Review
from bot.demo.hub.records import LineComment as HubLineComment
from bot.demo.hub.records import Reaction as HubReaction
from bot.demo.hub.state import ACTIONS_BOT
from bot.errors import GitHubError
from tests.adapters.github.conftest import Open
from tests.fakes import NOON
from tests.hub import EVERYTHING, SECOND, SHOP

T = TypeVar("T", HubReaction, Review, HubLineComment, Happening)
MANY = 101


@pytest.fixture
def shop(open_shop: Open) -> GitHubRepository:
    return open_shop(**EVERYTHING)


@pytest.fixture
def pull(hub: Hub, number: int) -> PullRequest:
    return hub.repository(SHOP).pulls[number]


def numbered(hub: Hub, one: T) -> dict[int, T]:
    made = [replace(one, id=hub.state.next_id()) for _ in range(MANY)]
    return {each.id: each for each in made}


def review(hub: Hub, login: str, commit: str) -> Review:
    return Review(0, hub.state.user(login), "APPROVED", "", commit, hub.state.now())


def happening(hub: Hub, event: str, about: str, at: datetime) -> Happening:
    return Happening(hub.state.next_id(), event, hub.state.user("ada"), at, about)


def test_comments(hub: Hub, shop: GitHubRepository, pull: PullRequest) -> None:
    for n in range(MANY):
        hub.comment(SHOP, pull.number, author=ACTIONS_BOT, body=f"Comment {n}.")

    assert [each.body for each in shop.own_comments(pull.number)][-1] == f"Comment {MANY - 1}."
    assert len(shop.own_comments(pull.number)) == MANY
    assert len(shop.remarks(pull.number)) == MANY


def test_reactions(hub: Hub, shop: GitHubRepository, pull: PullRequest) -> None:
    hub.comment(SHOP, pull.number, author="ada", body="/migrate help")
    (comment,) = pull.comments
    zoe = HubReaction(0, comment, hub.state.user("zoe"), "eyes", hub.state.now())
    left = hub.repository(SHOP).reactions
    left += numbered(hub, zoe).values()
    hub.react(SHOP, pull.number, comment, author=ACTIONS_BOT, content=Reaction.DONE.value)

    assert shop.reactions(comment) == {Reaction.DONE}


def test_reviews(hub: Hub, shop: GitHubRepository, pull: PullRequest) -> None:
    pull.reviews = numbered(hub, review(hub, "zoe", pull.head_sha))
    hub.review(SHOP, pull.number, author="mia")

    assert shop.facts(shop.pull(pull.number), {}).opinions[-1].login == "mia"
    assert "mia" in shop.known_reviewers(pull.number).users


def test_comments_on_lines_and_their_conversations(
    hub: Hub, shop: GitHubRepository, pull: PullRequest
) -> None:
    said = review(hub, ACTIONS_BOT, pull.head_sha)
    line = HubLineComment(0, said, SECOND, 1, None, 1, "@@", "One.", said.submitted_at)
    pull.line_comments = numbered(hub, line)

    assert len(shop.own_line_comments(pull.number)) == MANY
    assert len(shop.own_threads(pull.number)) == MANY


def test_a_long_conversation_is_somebody_s(
    hub: Hub, shop: GitHubRepository, pull: PullRequest
) -> None:
    """Who answered behind what is shown of it is not known."""
    said = review(hub, ACTIONS_BOT, pull.head_sha)
    line = HubLineComment(1, said, SECOND, 1, None, 1, "@@", "One.", said.submitted_at)
    pull.line_comments = {1: line} | numbered(hub, replace(line, answers=1))
    (found,) = shop.own_threads(pull.number)

    assert found.answered


def test_labels(hub: Hub, shop: GitHubRepository, pull: PullRequest) -> None:
    labels = {f"label {n}": Label(hub.state.next_id(), f"label {n}") for n in range(MANY)}
    hub.repository(SHOP).labels.update(labels)
    pull.labels = list(labels)

    assert shop.labels(pull.number) == tuple(labels)


def test_files(hub: Hub, shop: GitHubRepository, pull: PullRequest) -> None:
    hub.push(SHOP, "second", {f"{n}.txt": "x" for n in range(MANY)}, author="ada")

    assert len(shop.pull(pull.number).files) == MANY + 1


def test_files_beyond_those_that_github_lists_are_found_in_the_trees(
    hub: Hub, shop: GitHubRepository, pull: PullRequest
) -> None:
    hub.push(SHOP, "main", {"behind.txt": "x"}, author="mia")
    changes: dict[str, str | None] = {"README.md": None, "READ.md": "# Shop\n"}
    hub.push(SHOP, "second", changes, author="ada")
    assert shop.pull(pull.number).files == ("READ.md", SECOND)
    shown = next(each for each in reversed(hub.calls) if each.path.endswith("/pulls/1"))
    more = shown.response_body | {"changed_files": 3001}
    hub.fail_next("GET", "/pulls/1$", status=200, body=more)

    assert shop.pull(pull.number).files == ("READ.md", "README.md", SECOND)


def test_files_that_github_lists_nowhere_are_refused(
    hub: Hub, shop: GitHubRepository, pull: PullRequest
) -> None:
    shop.pull(pull.number)
    shown = next(each for each in reversed(hub.calls) if each.path.endswith("/pulls/1"))
    more = shown.response_body | {"changed_files": 3001}
    hub.fail_next("GET", "/pulls/1$", status=200, body=more)
    tree = {"sha": "0" * 40, "url": "u", "tree": [], "truncated": True}
    hub.fail_next("GET", "/git/trees/", status=200, body=tree)

    with pytest.raises(GitHubError, match="neither all files that #1 touches") as error:
        shop.pull(pull.number)
    assert "less than 3,000 files" in error.value.hint


@pytest.mark.slow
def test_commits(hub: Hub, shop: GitHubRepository, pull: PullRequest) -> None:
    git, branch = hub.repository(SHOP).git, "refs/heads/second"
    parent = git.resolve(branch)
    stream = []
    for n in range(MANY):
        email = f"7+{'zoe' if n == MANY - 1 else 'bea'}@users.noreply.github.com"
        signed = f"X <{email}> {1_800_000_000 + n} +0000"
        stream.append(f"commit {branch}\ncommitter {signed}\ndata 1\nx")
        stream.append("" if n else f"from {parent}\n")
    subprocess.run(
        ["git", "-C", str(git.path), "fast-import", "--quiet", "--force"],
        input="\n".join(stream).encode(),
        check=True,
    )
    hub.push(SHOP, "second", {SECOND: "SELECT 2;\n"}, author="ada")

    assert shop.facts(shop.pull(pull.number), {}).authors == {"ada", "bea", "zoe"}


def test_commits_that_github_lists_nowhere_are_refused(
    hub: Hub, shop: GitHubRepository, pull: PullRequest
) -> None:
    found = shop.pull(pull.number)
    shown = next(each for each in reversed(hub.calls) if each.path.endswith("/pulls/1"))
    hub.fail_next("GET", "/pulls/1$", status=200, body=shown.response_body | {"commits": 12_000})
    known = hub.repository(SHOP).git.resolve("refs/heads/main")
    compared = {"url": f"{hub.api_url}/repos/{SHOP}/compare/x", "total_commits": 12_000}
    commits = {"commits": [{"sha": known, "commit": {"message": "x"}, "author": None}]}
    hub.fail_next("GET", "/compare/", status=200, body=compared | commits, times=2)

    with pytest.raises(GitHubError, match="lists 1 of the 12,000 commits of #1") as error:
        shop.facts(found, {})
    assert "fewer commits" in error.value.hint


@pytest.mark.slow
def test_events(hub: Hub, shop: GitHubRepository, pull: PullRequest) -> None:
    event = hub.push(SHOP, "second", {SECOND: "SELECT 2;\n"}, author="ada")[-1]
    hub.record_run(event, workflow=".github/workflows/migration-check.yml")
    at = hub.state.now()
    pull.happenings += numbered(hub, happening(hub, "referenced", pull.head_sha, at)).values()
    pull.happenings.append(happening(hub, "head_ref_force_pushed", pull.head_sha, at))
    hub.request_review(SHOP, pull.number, author="ada", reviewer="mia")

    assert shop.head_of(pull.number).forced == (at,)
    assert shop.known_reviewers(pull.number).users == ("mia",)


@pytest.mark.slow
def test_workflow_runs(hub: Hub, shop: GitHubRepository, pull: PullRequest) -> None:
    event = hub.push(SHOP, "second", {SECOND: "SELECT 2;\n"}, author="ada")[-1]
    first = hub.record_run(event, workflow=".github/workflows/first.yml", conclusion="success")
    for _ in range(MANY):
        hub.record_run(event, workflow=".github/workflows/other.yml")

    assert min(shop.head_of(pull.number).runs) == first.created_at
    assert shop.check_again(pull.number, "first.yml")


def test_artifacts(hub: Hub, shop: GitHubRepository, pull: PullRequest) -> None:
    event = hub.push(SHOP, "second", {SECOND: "SELECT 2;\n"}, author="ada")[-1]
    run = hub.record_run(event, workflow=".github/workflows/first.yml")
    hub.keep_artifact(SHOP, run.id, "ours", b"zip")
    for n in range(MANY):
        hub.keep_artifact(SHOP, run.id, f"theirs-{n}", b"zip")

    assert shop.artifact(run.id, "ours", limit=100) == b"zip"


def test_check_runs(hub: Hub, shop: GitHubRepository, pull: PullRequest) -> None:
    bot, known = hub.state.user(ACTIONS_BOT), hub.repository(SHOP).check_runs
    for n in range(MANY):
        key = "ours" if n in (0, MANY - 1) else "theirs"
        made = HubCheckRun(hub.state.next_id(), "Migrations", pull.head_sha, bot, "in_progress")
        known[made.id] = replace(made, external_id=f"migration-bot/{key}/{n}/1")
    shop.start_check_run(CheckRun(pull.head_sha, "migration-bot/ours/7/1"))

    ended = [each.external_id for each in known.values() if each.status == "completed"]
    assert ended == ["migration-bot/ours/0/1", f"migration-bot/ours/{MANY - 1}/1"]


@pytest.mark.slow
def test_pull_requests_of_a_branch_and_of_a_commit(
    hub: Hub, shop: GitHubRepository, pull: PullRequest
) -> None:
    hub.merge(SHOP, pull.number, author="mia")
    hub.push(SHOP, "third", {"third.txt": "x"}, author="ada")
    hub.open_pull_request(SHOP, author="ada", head="third", title="Third")
    at = hub.repository(SHOP)
    third = at.pulls[2]
    for n in range(3, MANY):
        at.pulls[n] = replace(third, id=hub.state.next_id(), number=n, base_sha=third.head_sha)
        at.pulls[n].head_sha = pull.head_sha
    (found,) = shop.open_pulls_at(third.head_sha, branch="third", owner="acme", repository=at.id)
    brought = shop.pull_of(pull.head_sha)

    assert found.number == 2
    assert brought is not None
    assert brought.number == pull.number


@pytest.mark.slow
def test_deployments_and_how_far_each_is(
    hub: Hub, shop: GitHubRepository, pull: PullRequest
) -> None:
    applied = Deployment("staging", pull.head_sha, State.APPLIED, NOON, {"a": "1"}, "Applied.")
    shop.announce(applied)
    known = hub.repository(SHOP).deployments
    (made,) = known.values()
    retired = DeploymentStatus(
        0, "inactive", "", "", "", "staging", hub.state.user("zoe"), hub.state.now()
    )
    made.statuses += [replace(retired, id=hub.state.next_id()) for _ in range(MANY)]
    for _ in range(MANY):
        other = replace(made, id=hub.state.next_id(), statuses=[])
        known[other.id] = other
    found = list(shop.deployments("staging"))

    assert len(found) == MANY + 1
    assert (found[-1].state, found[-1].note) == (State.APPLIED, "Applied.")
