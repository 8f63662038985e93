"""What people do: the effect in the repository, and the event that tells of it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from github.Issue import Issue
from github.Repository import Repository

from bot.demo.hub import Event, Hub
from bot.demo.hub.git import Git, Signature
from bot.demo.hub.merging import MergeConflict
from bot.demo.hub.objects import commit, tree
from bot.demo.hub.refusal import Refusal
from tests.demo.hub.conftest import Connect
from tests.hub import FILES, SECOND, SHOP, ticking


def git_of(hub: Hub) -> Git:
    return hub.state.repository(SHOP).git


def paths_on_main(hub: Hub) -> list[str]:
    entries = tree(git_of(hub), "main", recursive=True) or []
    return [entry.path for entry in entries if entry.type == "blob"]


def test_a_repository_is_made_from_a_directory(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "start/.git").mkdir(parents=True)
    (tmp_path / "start/.git/config").write_text("not ours")
    (tmp_path / "start/a file").write_bytes(b"\xff\x00")
    (tmp_path / "start/run").write_text("#!/bin/sh\n")
    (tmp_path / "start/run").chmod(0o755)
    made = hub.create_repository("acme/other", directory=tmp_path / "start")
    entries = tree(made.git, "main", recursive=True) or []
    modes = {entry.path: entry.mode for entry in entries}
    assert modes == {"a file": "100644", "run": "100755"}


def test_the_same_deeds_at_the_same_times_give_the_same_commits(tmp_path: Path) -> None:
    tips = []
    for name in ("one", "two"):
        with Hub(tmp_path / name, clock=ticking()) as hub:
            hub.create_repository(SHOP, files=FILES)
            hub.push(SHOP, "second", {"a.txt": "a"}, author="ada")
            hub.open_pull_request(SHOP, author="ada", head="second", title="Second")
            _, push = hub.merge(SHOP, 1, author="mia", method="squash")
            tips.append(push.sha)
    assert tips[0] == tips[1]


def test_a_push_tells_its_commits(hub: Hub) -> None:
    [event] = hub.push(SHOP, "main", {"a.txt": "a", "README.md": None}, author="ada", message="M")
    payload = event.payload
    assert (event.name, event.ref, event.sha) == ("push", "refs/heads/main", payload["after"])
    assert payload["head_commit"]["id"] == payload["after"]
    assert payload["head_commit"]["message"] == "M"
    assert payload["commits"][0]["added"] == ["a.txt"]
    assert payload["commits"][0]["removed"] == ["README.md"]
    assert payload["pusher"]["name"] == "ada"
    assert payload["repository"]["full_name"] == SHOP
    assert (payload["created"], payload["forced"]) == (False, False)


def test_a_push_of_a_new_branch_says_so(hub: Hub) -> None:
    [event] = hub.push(SHOP, "new", {"a.txt": "a"}, author="ada")
    assert event.payload["created"]
    assert event.payload["before"] == "0" * 40


def test_a_forced_push_replaces_the_branch_and_says_so(hub: Hub, pull: int) -> None:
    push, synchronize = hub.push(SHOP, "second", {"b": "b"}, author="ada", replace=True)
    assert push.payload["forced"]
    assert synchronize.payload["pull_request"]["commits"] == 1
    assert synchronize.payload["pull_request"]["changed_files"] == 1


def test_opening_a_pull_request_tells_its_trial_merge(hub: Hub, pull: int) -> None:
    event = hub.events[-1]
    assert (event.name, event.action, event.actor) == ("pull_request", "opened", "ada")
    assert event.ref == "refs/pull/1/merge"
    assert git_of(hub).resolve("refs/pull/1/merge") == event.sha
    assert git_of(hub).resolve("refs/pull/1/head") == event.payload["pull_request"]["head"]["sha"]
    assert len(commit(git_of(hub), event.sha).parents) == 2


def test_a_push_to_its_branch_moves_the_head(hub: Hub, pull: int) -> None:
    before = hub.state.repository(SHOP).pulls[pull].head_sha
    _, event = hub.push(SHOP, "second", {"a.txt": "a"}, author="mia")
    assert (event.action, event.actor) == ("synchronize", "mia")
    assert event.payload["before"] == before
    assert event.payload["after"] == event.payload["pull_request"]["head"]["sha"] != before


def test_a_push_from_a_checkout_on_this_machine(hub: Hub, pull: int, tmp_path: Path) -> None:
    place = Git.create(tmp_path / "mine", "main")
    place.fetch(git_of(hub), "refs/heads/second", "refs/heads/main")
    author = hub.state.user("ada").signed(hub.state.now())
    tip = place.commit("main", files={"z": "z"}, message="Z", author=author, parent="main")
    _, event = hub.push_from(SHOP, "second", checkout=place.path, author="ada")
    assert event.payload["pull_request"]["head"]["sha"] == tip


def test_a_push_to_a_fork_moves_the_head_of_its_pull_request(hub: Hub) -> None:
    hub.fork(SHOP, author="zoe")
    hub.push("zoe/shop", "mine", {SECOND: "SELECT 1;\n"}, author="zoe")
    hub.open_pull_request(SHOP, author="zoe", head="mine", head_repository="zoe/shop", title="F")
    push, event = hub.push("zoe/shop", "mine", {SECOND: "SELECT 2;\n"}, author="zoe")
    assert push.payload["repository"]["full_name"] == "zoe/shop"
    assert event.payload["repository"]["full_name"] == SHOP
    assert event.payload["pull_request"]["head"]["repo"]["fork"]
    hub.merge(SHOP, 1, author="mia")
    assert SECOND in paths_on_main(hub)


def test_a_merge_commit_joins_both_sides(hub: Hub, pull: int) -> None:
    head = hub.state.repository(SHOP).pulls[pull].head_sha
    closed, push = hub.merge(SHOP, pull, author="mia")
    made = commit(git_of(hub), push.sha)
    assert made.parents[1] == head
    assert made.message == "Merge pull request #1 from acme/second\n\nSecond"
    assert (made.author.name, made.committer.name) == ("mia", "GitHub")
    assert closed.action == "closed"
    assert closed.payload["pull_request"]["merged"]
    assert closed.payload["pull_request"]["merge_commit_sha"] == push.sha == closed.sha
    assert closed.payload["pull_request"]["merged_by"]["login"] == "mia"
    assert closed.ref == push.ref == "refs/heads/main"
    assert SECOND in paths_on_main(hub)


def test_a_squash_is_one_commit_that_names_everybody(hub: Hub, pull: int) -> None:
    hub.push(SHOP, "second", {"a.txt": "a"}, author="mia", message="Help")
    hub.push(SHOP, "main", {"later.txt": "l"}, author="mia")
    _, push = hub.merge(SHOP, pull, author="mia", method="squash")
    made = commit(git_of(hub), push.sha)
    assert len(made.parents) == 1
    wanted = "Second (#1)\n\n* Add the second\n\n* Help\n\nCo-authored-by: mia"
    assert made.message.startswith(wanted)
    assert made.author.name == "ada"
    assert {SECOND, "a.txt", "later.txt"} < set(paths_on_main(hub))


def test_a_rebase_replays_each_commit(hub: Hub, pull: int) -> None:
    hub.push(SHOP, "second", {"a.txt": "a"}, author="ada", message="More")
    hub.push(SHOP, "main", {"later.txt": "l"}, author="mia")
    _, push = hub.merge(SHOP, pull, author="mia", method="rebase")
    messages = [each["message"] for each in push.payload["commits"]]
    assert messages == ["Add the second", "More"]
    made = commit(git_of(hub), push.sha)
    assert (made.author.name, made.committer.name) == ("ada", "mia")


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a_conflict_merges_nothing(hub: Hub, pull: int, method: str) -> None:
    hub.push(SHOP, "main", {SECOND: "SELECT 2;\n"}, author="mia")
    tip = git_of(hub).resolve("main")
    with pytest.raises(MergeConflict):
        hub.merge(SHOP, pull, author="mia", method=method)
    assert git_of(hub).resolve("main") == tip
    assert hub.state.repository(SHOP).pulls[pull].state == "open"
    assert git_of(hub).run("worktree", "list").count("\n") == 0


def test_a_pull_request_is_closed_and_opened_again(hub: Hub, pull: int) -> None:
    assert hub.close(SHOP, pull, author="ada").payload["pull_request"]["state"] == "closed"
    assert hub.reopen(SHOP, pull, author="ada").payload["pull_request"]["state"] == "open"
    hub.merge(SHOP, pull, author="mia")
    with pytest.raises(Refusal):
        hub.reopen(SHOP, pull, author="ada")
    with pytest.raises(Refusal):
        hub.merge(SHOP, pull, author="mia")


def test_an_edit_tells_what_it_was_before(hub: Hub, pull: int) -> None:
    event = hub.edit_pull_request(SHOP, pull, author="ada", title="Third")
    assert event.action == "edited"
    assert event.payload["changes"] == {"title": {"from": "Second"}}
    assert event.payload["pull_request"]["title"] == "Third"


def test_reviews_tell_their_state_in_lower_case(hub: Hub, pull: int) -> None:
    event = hub.review(SHOP, pull, author="mia", body="Good")
    assert (event.name, event.action) == ("pull_request_review", "submitted")
    assert event.payload["review"]["state"] == "approved"
    gone = hub.dismiss(SHOP, pull, event.payload["review"]["id"], author="acme")
    assert (gone.action, gone.payload["review"]["state"]) == ("dismissed", "dismissed")


def test_a_comment_is_told_with_its_issue(hub: Hub, pull: int) -> None:
    event = hub.comment(SHOP, pull, author="mia", body="/migrate plan")
    assert (event.name, event.action, event.ref) == ("issue_comment", "created", "refs/heads/main")
    assert event.payload["issue"]["number"] == pull
    assert "pull_request" in event.payload["issue"]
    assert event.payload["comment"]["author_association"] == "COLLABORATOR"
    number = event.payload["comment"]["id"]
    edited = hub.edit_comment(SHOP, pull, number, author="mia", body="/migrate apply")
    assert edited.action == "edited"
    assert edited.payload["changes"]["body"]["from"] == "/migrate plan"


def test_a_comment_that_is_gone_is_told_once_more(hub: Hub, pull: int) -> None:
    number = hub.comment(SHOP, pull, author="mia", body="/migrate plan").payload["comment"]["id"]
    hub.react(SHOP, pull, number, author="ada", content="eyes")
    event = hub.delete_comment(SHOP, pull, number, author="mia")
    assert (event.action, event.payload["comment"]["body"]) == ("deleted", "/migrate plan")
    assert event.payload["comment"]["reactions"]["eyes"] == 1
    assert hub.repository(SHOP).pulls[pull].comments == {}


def test_a_pull_request_moves_to_another_base(hub: Hub, pull: int) -> None:
    hub.push(SHOP, "next", {"n": "n"}, author="mia")
    before = hub.repository(SHOP).pulls[pull].base_sha
    event = hub.edit_pull_request(SHOP, pull, author="ada", base="next")
    assert event.payload["changes"] == {"base": {"ref": {"from": "main"}, "sha": {"from": before}}}
    assert event.payload["pull_request"]["base"]["ref"] == "next"
    with pytest.raises(Refusal):
        hub.edit_pull_request(SHOP, pull, author="ada", base="nowhere")


def test_a_draft_becomes_ready_and_a_draft_again(hub: Hub, pull: int) -> None:
    assert hub.set_draft(SHOP, pull, True, author="ada").action == "converted_to_draft"
    event = hub.set_draft(SHOP, pull, False, author="ada")
    assert (event.action, event.payload["pull_request"]["draft"]) == ("ready_for_review", False)


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a_merged_pull_request_is_reverted_by_another(hub: Hub, pull: int, method: str) -> None:
    hub.push(SHOP, "second", {"a.txt": "a"}, author="ada", message="More")
    with pytest.raises(Refusal):
        hub.revert(SHOP, pull, author="mia")
    hub.merge(SHOP, pull, author="mia", method=method)
    event = hub.revert(SHOP, pull, author="mia")
    assert event.payload["pull_request"]["title"] == 'Revert "Second"'
    assert event.payload["pull_request"]["head"]["ref"] == "revert-1-second"
    hub.merge(SHOP, event.payload["number"], author="mia", method="squash")
    assert sorted(paths_on_main(hub)) == sorted(FILES)


def test_a_commit_may_name_anybody(hub: Hub, pull: int) -> None:
    somebody = Signature("Grace", "grace@example.org", hub.state.now())
    event = hub.push(SHOP, "second", {"x": "x"}, author="ada", written_by=somebody)[1]
    made = commit(git_of(hub), event.payload["after"])
    assert (made.author.email, event.actor) == ("grace@example.org", "ada")


def test_a_merge_queue_builds_the_merge_and_asks_for_checks(hub: Hub, pull: int) -> None:
    event = hub.queue(SHOP, pull, author="mia")
    group = event.payload["merge_group"]
    assert (event.name, event.action) == ("merge_group", "checks_requested")
    assert event.ref.startswith("refs/heads/gh-readonly-queue/main/pr-1-")
    assert git_of(hub).resolve(event.ref) == group["head_sha"] == event.sha
    assert group["base_sha"] == git_of(hub).resolve("main")


def test_a_workflow_is_started_by_hand_or_by_the_clock(hub: Hub) -> None:
    by_hand = hub.dispatch(SHOP, "deploy.yml", author="mia", inputs={"target": "staging"})
    assert by_hand.payload["inputs"] == {"target": "staging"}
    assert (by_hand.name, by_hand.ref) == ("workflow_dispatch", "refs/heads/main")
    assert hub.tick(SHOP, "0 3 * * *").payload["schedule"] == "0 3 * * *"


def test_everything_that_happened_is_kept_in_order(hub: Hub, pull: int) -> None:
    hub.review(SHOP, pull, author="mia")
    hub.merge(SHOP, pull, author="mia")

    def told(event: Event) -> str:
        return f"{event.name} {event.action or ''}".strip()

    assert [told(event) for event in hub.events] == [
        "push",
        "pull_request opened",
        "pull_request_review submitted",
        "pull_request closed",
        "push",
    ]


def test_the_readers_git_configuration_takes_no_part(
    hub: Hub, pull: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, repository: Repository
) -> None:
    settings = tmp_path / "gitconfig"
    settings.write_text(
        "[user]\nname = Somebody Else\n[commit]\ngpgSign = true\n[diff]\nnoprefix = true\n"
        "mnemonicPrefix = true\nexternal = /bin/false\n[merge]\nff = only\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody Else")
    hub.push(SHOP, "second", {"a.txt": "a"}, author="ada")
    _, push = hub.merge(SHOP, pull, author="mia")
    assert commit(git_of(hub), push.sha).author.name == "mia"
    assert len(list(repository.get_pull(pull).get_files())) == 2


def test_an_event_tells_a_workflow_where_it_is(hub: Hub, pull: int) -> None:
    known = hub.environment(hub.events[-1])
    assert known["GITHUB_API_URL"] == hub.api_url
    assert known["GITHUB_SERVER_URL"] == "https://github.example"
    assert (known["GITHUB_EVENT_NAME"], known["GITHUB_REF_NAME"]) == ("pull_request", "1/merge")
    assert (known["GITHUB_BASE_REF"], known["GITHUB_HEAD_REF"]) == ("main", "second")
    assert (known["GITHUB_REPOSITORY"], known["GITHUB_ACTOR"]) == (SHOP, "ada")
    assert known["GITHUB_SHA"] == hub.repository(SHOP).git.resolve("refs/pull/1/merge")


def test_a_branch_without_commits_of_its_own_is_not_proposed(hub: Hub) -> None:
    hub.push(SHOP, "main", {"a.txt": "a"}, author="mia")
    start = hub.repository(SHOP).git.resolve("main~1")
    assert start is not None
    hub.repository(SHOP).git.set_branch("empty", start)
    for branch in ("empty", "nowhere"):
        with pytest.raises(Refusal):
            hub.open_pull_request(SHOP, author="ada", head=branch, title="Nothing")


def test_many_at_once_are_served_one_after_the_other(hub: Hub, pull: int, connect: Connect) -> None:
    clients = [connect().get_issue(pull) for _ in range(8)]

    def write(issue: Issue) -> list[int]:
        return [issue.create_comment("x").id for _ in range(10)]

    with ThreadPoolExecutor(8) as pool:
        written = [number for numbers in pool.map(write, clients) for number in numbers]
    assert sorted(written) == list(hub.repository(SHOP).pulls[pull].comments)
    assert len(set(written)) == 80
