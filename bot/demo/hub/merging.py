"""Merging as GitHub's three buttons do it, in a throw-away working tree of the bare repository."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from bot.demo.hub.git import Git, GitFailed, Signature


class MergeMethod(StrEnum):
    MERGE = "merge"
    SQUASH = "squash"
    REBASE = "rebase"


class MergeConflict(Exception):
    """The two sides cannot be joined without a person."""


def merge(
    git: Git,
    method: MergeMethod,
    *,
    base: str,
    head: str,
    message: str,
    author: Signature,
    committer: Signature,
) -> str:
    """Join head into base, both commits, and return the new tip; no branch moves."""
    people = author.environment("AUTHOR") | committer.environment("COMMITTER")
    with _worktree(git, base) as place:
        try:
            for arguments, environment in _steps(git, method, base, head, message, people):
                git.output(*arguments, cwd=place, environment=environment)
        except GitFailed as error:
            raise MergeConflict(str(error)) from error
        return git.output("rev-parse", "HEAD", cwd=place).decode().strip()


def revert(
    git: Git, brought: tuple[str, ...], base: str, message: str, signature: Signature
) -> str:
    """One commit above base that takes back what a merge brought; newest first, no branch moves."""
    people = signature.environment("AUTHOR") | signature.environment("COMMITTER")
    merged = git.run("rev-list", "--min-parents=2", "--max-count=1", brought[0]) == brought[0]
    taken = [["-m", "1", brought[0]]] if merged else [[sha] for sha in brought]
    with _worktree(git, base) as place:
        try:
            for each in taken:
                arguments = ["revert", "--no-commit", *each]
                git.output(*arguments, cwd=place, environment=people)
        except GitFailed as error:
            raise MergeConflict(str(error)) from error
        git.output("commit", "--quiet", "-m", message, cwd=place, environment=people)
        return git.output("rev-parse", "HEAD", cwd=place).decode().strip()


_Step = tuple[list[str], dict[str, str]]


def _steps(
    git: Git, method: MergeMethod, base: str, head: str, message: str, people: dict[str, str]
) -> Iterator[_Step]:
    if method is MergeMethod.MERGE:
        yield ["merge", "--quiet", "--no-ff", "-m", message, head], people
    elif method is MergeMethod.SQUASH:
        yield ["merge", "--quiet", "--squash", head], people
        yield ["commit", "--quiet", "--allow-empty", "-m", message], people
    else:
        committer = {name: value for name, value in people.items() if "COMMITTER" in name}
        picked = git.run("rev-list", "--reverse", "--no-merges", f"{base}..{head}").split()
        yield ["cherry-pick", "--allow-empty", *picked], committer


@contextmanager
def _worktree(git: Git, revision: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hub-") as folder:
        place = Path(folder) / "tree"
        git.run("worktree", "add", "--quiet", "--detach", str(place), revision)
        try:
            yield place
        finally:
            git.run("worktree", "remove", "--force", str(place))
