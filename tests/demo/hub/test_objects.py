"""Commits and differences as git tells them, with the odd names and sizes that people commit."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.demo.hub.git import Git, GitFailed, Signature
from bot.demo.hub.objects import PATCH_BYTES, Change, blob, changes, commit, entry, tree

MIA = Signature("Mia Möller", "mia@example.com", datetime(2026, 11, 2, 9, tzinfo=UTC))


@pytest.fixture
def git(tmp_path: Path) -> Git:
    return Git.create(tmp_path / "shop.git", "main")


def committed(git: Git, files: dict[str, str | bytes | None], message: str = "M") -> str:
    parent = git.resolve("main")
    return git.commit("main", files=files, message=message, author=MIA, parent=parent)


def only_change(git: Git, before: dict[str, str | bytes | None], after: str | bytes) -> Change:
    first = committed(git, before)
    second = committed(git, dict.fromkeys(before, after))
    [found] = changes(git, first, second)
    return found


@pytest.mark.parametrize(
    "name",
    ['a "quoted" name', "back\\slash", "line\nbreak", "tab\there", "ümlaut/日本", "-dash", "*?[x]"],
)
def test_any_name_survives(git: Git, name: str) -> None:
    sha = committed(git, {name: "text\n"})
    assert [each.path for each in tree(git, sha, recursive=True) or [] if each.size] == [name]
    found = entry(git, sha, name)
    assert found is not None
    assert blob(git, found.sha) == b"text\n"
    [change] = changes(git, None, sha)
    assert (change.filename, change.patch) == (name, "@@ -0,0 +1 @@\n+text")


def test_a_commit_is_read_back_as_it_was_written(git: Git) -> None:
    message = "Title\n\nBody with ümlaut\n\nCo-authored-by: A <a@example.com>"
    found = commit(git, committed(git, {"a": "a"}, message))
    assert (found.message, found.author, found.committer) == (message, MIA, MIA)
    assert found.parents == ()


def test_sql_that_looks_like_a_difference_stays_in_its_file(git: Git) -> None:
    hostile = "diff --git a/x b/x\n@@ -1 +1 @@\n--- a\n+++ b\n"
    sha = committed(git, {"a.sql": hostile, "b.sql": "SELECT 1;\n"})
    first, second = changes(git, None, sha)
    assert first.patch == "@@ -0,0 +1,4 @@\n" + "\n".join(f"+{x}" for x in hostile.splitlines())
    assert second.patch == "@@ -0,0 +1 @@\n+SELECT 1;"


def test_a_missing_last_line_break_is_told(git: Git) -> None:
    change = only_change(git, {"a": "one\n"}, "two")
    assert change.patch == "@@ -1 +1 @@\n-one\n+two\n\\ No newline at end of file"
    assert (change.additions, change.deletions) == (1, 1)


def test_a_very_large_difference_comes_without_its_patch(git: Git) -> None:
    change = only_change(git, {"a": "one\n"}, "x" * PATCH_BYTES)
    assert (change.status, change.patch) == ("modified", None)
    assert only_change(git, {"b": "one\n"}, "x\n" * 20_001).patch is None


def test_bytes_that_are_no_text_do_no_harm(git: Git) -> None:
    assert only_change(git, {"a": "one\n"}, b"\xff\xfe\n").patch == "@@ -1 +1 @@\n-one\n+��"
    assert only_change(git, {"b": "one\n"}, b"\x00").patch is None


def test_a_file_that_only_moved_has_no_patch(git: Git) -> None:
    first = committed(git, {"a": "one\ntwo\n"})
    moved = git.commit("main", files={}, message="M", author=MIA, parent=first, moves=[("a", "b")])
    [found] = changes(git, first, moved)
    assert (found.status, found.previous, found.filename, found.patch) == (
        "renamed",
        "a",
        "b",
        None,
    )


@pytest.mark.parametrize("revision", ["", "--all", "nowhere", "main:README.md", "^main"])
def test_what_names_no_commit_resolves_to_nothing(git: Git, revision: str) -> None:
    committed(git, {"a": "a"})
    assert git.resolve(revision) is None


def test_a_refusal_of_git_carries_its_words(git: Git) -> None:
    with pytest.raises(GitFailed, match=r"git rev-list: .*nowhere"):
        git.history("nowhere")
