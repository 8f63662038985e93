"""What a repository holds: commits, trees, blobs, and the differences between two commits."""

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.demo.hub.git import EMPTY_TREE, Git, GitFailed, Signature

# GitHub leaves the patch out of a file whose difference is larger than this.
PATCH_BYTES = 500_000
PATCH_LINES = 20_000

_COMMIT = "%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B%x00%x01"
_STATUS = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "C": "copied"}


@dataclass(frozen=True)
class Commit:
    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Signature
    committer: Signature
    message: str


@dataclass(frozen=True)
class Entry:
    """One line of a tree. `type` is blob, tree or commit; `size` is known for blobs only."""

    mode: str
    type: str
    sha: str
    path: str
    size: int | None


@dataclass(frozen=True)
class Change:
    """What happened to one file between two commits; no patch where git sees a binary file."""

    filename: str
    status: str
    sha: str
    previous: str | None = None
    additions: int = 0
    deletions: int = 0
    patch: str | None = None


def commits(git: Git, shas: list[str]) -> list[Commit]:
    """The commits, in the order asked for; each is read from git once."""
    unknown = [sha for sha in dict.fromkeys(shas) if sha not in git.cache]
    if unknown:
        names = "\n".join(unknown).encode() + b"\n"
        arguments = ["log", "--no-walk=unsorted", "--stdin", f"--format={_COMMIT}"]
        text = git.output(*arguments, stdin=names).decode("utf-8", "replace")
        for each in text.split("\x01"):
            if each.strip():
                known = _commit(each.lstrip("\n"))
                git.cache[known.sha] = known
    found = [git.cache[sha] for sha in shas]
    return [each for each in found if isinstance(each, Commit)]


def commit(git: Git, sha: str) -> Commit:
    return commits(git, [sha])[0]


def _commit(text: str) -> Commit:
    sha, tree, parents, *people, message, _ = text.split("\x00")
    author, committer = (Signature(n, e, _time(t)) for n, e, t in (people[:3], people[3:]))
    return Commit(sha, tree, tuple(parents.split()), author, committer, message.rstrip("\n"))


def _time(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def tree(git: Git, treeish: str, *, recursive: bool = False) -> list[Entry] | None:
    """The entries below a tree or commit; None if there is no such tree."""
    if not treeish or treeish.startswith("-"):
        return None
    depth = ["-r", "-t"] if recursive else []
    try:
        listing = git.output("ls-tree", "-z", "-l", "--full-tree", *depth, treeish)
    except GitFailed:
        return None
    return _entries(listing)


def entry(git: Git, revision: str, path: str) -> Entry | None:
    """The file or folder at a path, literally: no part of it is a pattern."""
    listing = git.output("--literal-pathspecs", "ls-tree", "-z", "-l", revision, "--", path)
    return next(iter(_entries(listing)), None)


def blob(git: Git, sha: str) -> bytes | None:
    try:
        return git.output("cat-file", "blob", sha)
    except GitFailed:
        return None


def _entries(listing: bytes) -> list[Entry]:
    lines = listing.decode("utf-8", "replace").split("\0")
    return [_entry(line) for line in lines if line]


def _entry(line: str) -> Entry:
    head, _, path = line.partition("\t")
    mode, kind, sha, size = head.split()
    return Entry(mode, kind, sha, path, None if size == "-" else int(size))


def changes(git: Git, base: str | None, head: str) -> list[Change]:
    """The files that differ, in git's order; `base` None compares with nothing at all."""
    known = git.cache.get((base, head))
    if not isinstance(known, list):
        known = _read_changes(git, base or EMPTY_TREE, head)
        git.cache[base, head] = known
    return list(known)


def _read_changes(git: Git, base: str, head: str) -> list[Change]:
    options = ["diff", "-M", "--no-color", "--no-ext-diff", "--no-textconv"]
    raw = git.output(*options, "--raw", "--no-abbrev", "-z", base, head)
    numbers = git.output(*options, "--numstat", "-z", base, head)
    text = git.output(*options, "--full-index", base, head).decode("utf-8", "replace")
    patches = ("\n" + text).split("\ndiff --git ")[1:]
    sizes = _sizes(numbers.decode("utf-8", "replace").split("\0"))
    files = _files(raw.decode("utf-8", "replace").split("\0"))
    return [
        Change(name, status, sha, previous, *size, _patch(patch))
        for (name, status, sha, previous), size, patch in zip(files, sizes, patches, strict=True)
    ]


def _files(fields: list[str]) -> list[tuple[str, str, str, str | None]]:
    found: list[tuple[str, str, str, str | None]] = []
    remaining = iter(fields)
    for head in remaining:
        if not head:
            continue
        _, _, before, after, letter = head.split()
        name, status = next(remaining), _STATUS.get(letter[0], "changed")
        previous = name if letter[0] in "RC" else None
        name = next(remaining) if previous else name
        found.append((name, status, before if status == "removed" else after, previous))
    return found


def _sizes(fields: list[str]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    remaining = iter(fields)
    for head in remaining:
        if not head:
            continue
        added, deleted, name = head.split("\t", 2)
        if not name:  # a rename carries its two names in fields of their own
            next(remaining), next(remaining)
        found.append((0, 0) if added == "-" else (int(added), int(deleted)))
    return found


def _patch(text: str) -> str | None:
    start = text.find("\n@@ ")
    patch = text[start + 1 :].removesuffix("\n")
    if start < 0 or len(patch) > PATCH_BYTES or patch.count("\n") > PATCH_LINES:
        return None
    return patch
