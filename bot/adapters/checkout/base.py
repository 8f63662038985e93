"""Which branch a checkout is compared with, and the tip of it."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from bot.adapters.checkout.git import FETCH_ADVICE, Git, require_harmless
from bot.errors import UsageError

_REMOTE = "refs/remotes/origin/"
_USUAL = ("main", "master")
_HEXADECIMAL = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class Base:
    """The tip of the base: its commit, its name for a person, and a name git understands here."""

    commit: str
    name: str
    ref: str


def find_base(git: Git, explicit: str | None, environ: Mapping[str, str]) -> Base:
    """The branch named, else the pull request's, else the remote's default branch, else main.

    Where a branch is both on the remote and here, the remote's is the one that others see.
    """
    if explicit is not None:
        return _explicit(git, explicit)
    if of_pull := environ.get("GITHUB_BASE_REF"):
        return _on_remote(git, of_pull) or _explicit(git, of_pull)
    return _default(git)


def _explicit(git: Git, ref: str) -> Base:
    if commit := git.commit(ref):
        return Base(commit, name=ref, ref=ref)
    if found := _on_remote(git, ref):
        return found
    raise _shallow(ref) if git.shallow else _unknown(ref)


def _on_remote(git: Git, branch: str) -> Base | None:
    require_harmless(branch)
    commit = git.commit(_REMOTE + branch)
    return Base(commit, name=branch, ref=f"origin/{branch}") if commit else None


def _default(git: Git) -> Base:
    remote = [f"{_REMOTE}{branch}" for branch in _USUAL]
    here = [f"refs/heads/{branch}" for branch in _USUAL]
    # In one question, because each start of git is a hundredth of a check.
    known = git.branches(f"{_REMOTE}HEAD", *remote, *here)
    for name in (f"{_REMOTE}HEAD", *remote):
        commit, branch = known.get(name, ("", ""))
        if branch.startswith(_REMOTE):
            bare = branch.removeprefix(_REMOTE)
            require_harmless(bare)
            return Base(commit, name=bare, ref=f"origin/{bare}")
    for branch, name in zip(_USUAL, here, strict=True):
        if name in known:
            return Base(known[name][0], name=branch, ref=branch)
    if git.shallow:
        raise _shallow("main")
    raise UsageError(
        "There is no base to compare with: no default branch of origin, no main, no master.",
        hint="Name it with `--base BRANCH`, or use `check --all` to judge every migration.",
    )


def _unknown(ref: str) -> UsageError:
    return UsageError(
        f"There is no branch or commit {ref} here.",
        hint=f"Fetch it with `{_fetch(ref)}`, or name another with `--base`.",
    )


def _shallow(ref: str) -> UsageError:
    return UsageError(
        f"This is a shallow clone without {ref}, so there is nothing to compare with.",
        hint=f"{FETCH_ADVICE}, or run `{_fetch(ref)}`.",
    )


def _fetch(ref: str) -> str:
    branch = ref.removeprefix("origin/")
    if len(ref) >= 40 and _HEXADECIMAL.issuperset(ref):
        return f"git fetch --depth=1 origin {ref}"
    return f"git fetch origin {shlex.quote(f'+refs/heads/{branch}:{_REMOTE}{branch}')}"
