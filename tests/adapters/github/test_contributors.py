"""Who had a hand in a pull request, by everything that GitHub has to say."""

import subprocess
from datetime import UTC, datetime

import pytest

from bot.adapters.github.repository import GitHubRepository
from bot.core.approvals.approval import PullFacts
from bot.core.approvals.coauthors import Contributor
from bot.demo.hub import Hub
from bot.demo.hub.git import Signature
from bot.errors import GitHubError
from tests.hub import SECOND, SHOP

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def facts(shop: GitHubRepository, number: int) -> PullFacts:
    return shop.facts(shop.pull(number), {})


def push(hub: Hub, message: str = "Change", *, by: str = "ada", **more: object) -> None:
    text = f"SELECT {len(hub.events)};\n"
    hub.push(SHOP, "second", {SECOND: text}, author=by, message=message, **more)  # type: ignore[arg-type]


def test_trailers_name_coauthors_by_the_addresses_github_gives_out(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    push(hub, "Pair\n\nCo-authored-by: Bea <7+bea@users.noreply.github.com>\n")
    found = facts(shop, number)

    assert found.authors == {"ada"}
    assert found.coauthors == {"bea"}
    assert found.unmatched == ()


def test_an_address_leads_to_the_account_that_committed_with_it(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    bea = hub.state.user("bea")
    hub.push(SHOP, "main", {"x": "1"}, author="bea")
    push(hub, f"Pair\n\nCo-authored-by: Somebody <{bea.email.upper()}>\n")

    assert facts(shop, number).coauthors == {"bea"}


def test_an_address_that_leads_nowhere_is_told_as_it_stands(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    push(hub, "Pair\n\nCo-authored-by: Bob <bob@home.example>\nCo-authored-by: Eve\n")
    found = facts(shop, number)

    assert found.coauthors == frozenset()
    assert found.unmatched == (Contributor("Bob", "bob@home.example"), Contributor("Eve", ""))


def test_a_commit_without_an_account_has_an_author_all_the_same(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    push(hub, written_by=Signature("Bob", "bob@home.example", NOON))
    push(hub, written_by=Signature("Cid", "9+cid@users.noreply.github.com", NOON))
    found = facts(shop, number)

    assert found.unmatched == (Contributor("Bob", "bob@home.example"),)
    assert found.authors == {"ada", "cid"}


def test_who_pushes_in_another_name_is_known_all_the_same(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    ada = hub.state.user("ada")
    push(hub, by="mia", written_by=ada.signed(NOON))
    found = facts(shop, number)

    assert found.authors == {"ada"}
    assert found.pushers == {"ada", "mia"}
    assert found.pusher_known


def test_who_pushed_what_is_no_longer_in_it_has_no_hand_in_it(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    push(hub, by="mia")
    push(hub, by="ada", replace=True)
    found = facts(shop, number)

    assert found.authors == {"ada"}
    assert found.pushers == {"ada"}


def test_who_pushed_is_unknown_where_the_record_has_a_gap_or_cannot_be_read(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    hub.fail_next("GET", r"/activity", status=404)
    assert not facts(shop, number).pusher_known

    push(hub)
    hub.repository(SHOP).activities.clear()
    found = facts(shop, number)
    assert (found.pushers, found.pusher_known) == (frozenset(), False)


def test_a_record_that_a_permission_would_open_is_asked_for(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    hub.fail_next("GET", r"/activity", status=403)

    with pytest.raises(GitHubError, match="read who pushed to #1") as error:
        facts(shop, number)
    assert "contents: read" in error.value.hint


def test_a_fork_that_hides_its_record_leaves_the_pusher_unknown(
    hub: Hub, shop: GitHubRepository
) -> None:
    hub.fork(SHOP, author="eve")
    hub.push("eve/shop", "mine", {SECOND: "SELECT 1;\n"}, author="eve")
    event = hub.open_pull_request(
        SHOP, author="eve", head="mine", title="Mine", head_repository="eve/shop"
    )
    number = event.payload["number"]
    hub.fail_next("GET", r"/activity", status=403)

    assert not facts(shop, number).pusher_known


def test_two_hundred_pushes_are_all_read(hub: Hub, shop: GitHubRepository, number: int) -> None:
    activities = hub.repository(SHOP).activities
    first = activities[-1]
    activities += [
        type(first)(n, first.ref, first.after, "0" * 40, "push", first.actor, NOON)
        for n in range(100, 300)
    ]

    assert facts(shop, number).pushers == {"ada"}


@pytest.mark.slow
def test_more_commits_than_github_lists_are_read_by_comparing(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    """As many as make a difference, from a history that is made in one go."""
    git, branch = hub.repository(SHOP).git, "refs/heads/second"
    parent = git.resolve(branch)
    stream: list[str] = []
    for n in range(260):
        email = "8+zoe@users.noreply.github.com" if n == 0 else "7+bea@users.noreply.github.com"
        stream.append(
            f"commit {branch}\ncommitter X <{email}> {1_800_000_000 + n} +0000\ndata 1\nx"
        )
        stream.append(f"from {parent}\n" if n == 0 else "")
    subprocess.run(
        ["git", "-C", str(git.path), "fast-import", "--quiet", "--force"],
        input="\n".join(stream).encode(),
        check=True,
    )
    push(hub)
    found = facts(shop, number)

    assert found.authors == {"ada", "bea", "zoe"}


def test_an_app_counts_whoever_it_was_assigned_to_and_who_did_that(
    hub: Hub, shop: GitHubRepository
) -> None:
    hub.push(SHOP, "up", {SECOND: "SELECT 1;\n"}, author="renovate[bot]")
    event = hub.open_pull_request(SHOP, author="renovate[bot]", head="up", title="Up")
    number = event.payload["number"]
    before = facts(shop, number)
    hub.assign(SHOP, number, author="mia", assignee="ada")
    hub.assign(SHOP, number, author="ada", assignee="ada", given=False)
    after = facts(shop, number)

    assert (before.bot, before.requesters) == ("renovate[bot]", frozenset())
    assert after.requesters == {"ada", "mia"}


def test_a_person_needs_nobody_to_ask_them(hub: Hub, shop: GitHubRepository, number: int) -> None:
    hub.assign(SHOP, number, author="ada", assignee="mia")
    found = facts(shop, number)

    assert (found.bot, found.requesters) == ("", frozenset())


def test_what_a_commit_holds_is_asked_once_and_opinions_each_time(
    hub: Hub, shop: GitHubRepository, number: int
) -> None:
    facts(shop, number)
    before = len(hub.calls)
    hub.review(SHOP, number, author="mia")
    found = facts(shop, number)

    assert [each.login for each in found.opinions] == ["mia"]
    assert not [call for call in hub.calls[before:] if "/commits" in call.path]
