"""A bare git repository, read and written through the `git` command.

The reader's own git configuration never takes part, and commit dates come from the caller, so
the same deeds at the same times give the same commits.
"""

import os
import subprocess
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
NO_COMMIT = "0" * 40
# No tidying up in the background: it would outlive the command that began it.
_SETTINGS = ("-c", "core.quotePath=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false")


class GitFailed(Exception):
    """The git command refused; its last words are the message."""


@dataclass(frozen=True)
class Signature:
    """Who made a commit, and when."""

    name: str
    email: str
    at: datetime

    @property
    def line(self) -> str:
        """The form in which git stores it."""
        return f"{self.name} <{self.email}> {int(self.at.timestamp())} +0000"

    def environment(self, role: str) -> dict[str, str]:
        """The variables by which git learns its AUTHOR or COMMITTER."""
        stamp = f"{int(self.at.timestamp())} +0000"
        names = {"NAME": self.name, "EMAIL": self.email, "DATE": stamp}
        return {f"GIT_{role}_{key}": value for key, value in names.items()}


@dataclass
class Git:
    """One bare repository."""

    path: Path
    cache: dict[object, object] = field(default_factory=dict, repr=False)

    @classmethod
    def create(cls, path: Path, branch: str) -> "Git":
        path.mkdir(parents=True)
        git = cls(path)
        git.run("init", "--quiet", "--bare", "--template=")
        git.run("symbolic-ref", "HEAD", f"refs/heads/{branch}")
        return git

    def output(
        self,
        *arguments: str,
        stdin: bytes | None = None,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> bytes:
        """What the git command prints."""
        place = cwd or self.path
        finished = subprocess.run(  # noqa: S603 - the arguments are ours, and no shell reads them
            ["git", *_SETTINGS, *arguments],  # noqa: S607 - the git on PATH is meant
            cwd=place,
            input=b"" if stdin is None else stdin,
            env=_environment(self.path) | dict(environment or {}),
            capture_output=True,
            check=False,
        )
        if finished.returncode:
            words = finished.stderr.decode("utf-8", "replace").strip()
            raise GitFailed(f"git {arguments[0]}: {words}")
        return finished.stdout

    def run(self, *arguments: str) -> str:
        return self.output(*arguments).decode("utf-8", "replace").strip()

    def resolve(self, revision: str) -> str | None:
        """The commit a branch, tag or (short) SHA names; None if there is none."""
        if not revision or revision[0] in "-^":
            return None
        try:
            return self.run("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        except GitFailed:
            return None

    def set_branch(self, branch: str, sha: str) -> None:
        self.run("update-ref", f"refs/heads/{branch}", sha)

    def fetch(self, other: "Git", revision: str, reference: str) -> None:
        """Take a commit of another repository, and name it here."""
        self.run("fetch", "--quiet", "--no-tags", str(other.path), f"+{revision}:{reference}")

    def history(self, *revisions: str, path: str | None = None) -> list[str]:
        """The commits reachable from the revisions, newest first."""
        where = ["--", path] if path else ["--"]
        return self.run("rev-list", *revisions, *where).split()

    def merge_base(self, one: str, other: str) -> str | None:
        try:
            return self.run("merge-base", one, other)
        except GitFailed:
            return None

    def contains(self, ancestor: str, descendant: str) -> bool:
        return self.merge_base(ancestor, descendant) == ancestor

    def commit(
        self,
        branch: str,
        *,
        files: Mapping[str, str | bytes | None],
        message: str,
        author: Signature,
        parent: str | None,
        moves: Iterable[tuple[str, str]] = (),
        programs: Collection[str] = (),
    ) -> str:
        """Write a commit and point the branch at it. A file whose content is None is removed.

        `programs` are the paths that are to be executable.
        """
        reference = f"refs/heads/{branch}"
        lines = [f"commit {reference}\n", f"author {author.line}\n", f"committer {author.line}\n"]
        stream = "".join(lines).encode() + _data(message)
        if parent is not None:
            stream += f"from {parent}\n".encode()
        for old, new in moves:
            stream += f"R {_quoted(old)} {_quoted(new)}\n".encode()
        for path, content in files.items():
            stream += _file(path, content, "100755" if path in programs else "100644")
        self.output("fast-import", "--quiet", "--force", "--date-format=raw", stdin=stream + b"\n")
        return self.run("rev-parse", reference)


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_DEFAULT_HASH": "sha1",
        # git before 2.32 does not know GIT_CONFIG_GLOBAL, and looks in the home
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "LC_ALL": "C",
    }


def _data(content: str | bytes) -> bytes:
    octets = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return f"data {len(octets)}\n".encode() + octets + b"\n"


def _file(path: str, content: str | bytes | None, mode: str) -> bytes:
    if content is None:
        return f"D {_quoted(path)}\n".encode()
    return f"M {mode} inline {_quoted(path)}\n".encode() + _data(content)


def _quoted(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
