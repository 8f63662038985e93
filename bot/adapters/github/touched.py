"""Which files a pull request touches, however many they are."""

from collections.abc import Iterable
from dataclasses import dataclass

from github.PullRequest import PullRequest
from github.Repository import Repository

from bot.adapters.github.client import explained
from bot.errors import GitHubError

# GitHub lists no more of a pull request's files than this (REST: "List pull requests files").
LISTED = 3000


@dataclass(frozen=True)
class Touched:
    """`renamed` are the paths that files had before."""

    files: tuple[str, ...]
    renamed: tuple[str, ...] = ()


def touched_by(pull: PullRequest, base: Repository) -> Touched:
    files = list(pull.get_files())
    if len(files) >= LISTED or len(files) < (pull.changed_files or 0):
        return Touched(tuple(_by_trees(pull, base)))
    renamed = tuple(each.previous_filename for each in files if each.status == "renamed")
    return Touched(tuple(each.filename for each in files), renamed)


def _by_trees(pull: PullRequest, base: Repository) -> Iterable[str]:
    """All paths that are not the same on both sides; one that was given another name is two."""
    with explained(f"compare the files of #{pull.number}", needs="contents: read"):
        fork_point = base.compare(pull.base.sha, pull.head.sha).merge_base_commit.sha
        before, after = (_paths(pull, base, each) for each in (fork_point, pull.head.sha))
    return sorted({path for path, _ in before ^ after})


def _paths(pull: PullRequest, base: Repository, commit: str) -> set[tuple[str, str]]:
    """Every path with what is there: its mode counts, as it does in a difference."""
    found = base.get_git_tree(commit, recursive=True)
    if found.truncated:
        raise GitHubError(
            f"GitHub lists neither all files that #{pull.number} touches nor all of {commit[:12]}.",
            hint=f"Bring the migrations by a pull request that touches less than {LISTED:,} files.",
        )
    return {(each.path, f"{each.mode} {each.sha}") for each in found.tree if each.type != "tree"}
