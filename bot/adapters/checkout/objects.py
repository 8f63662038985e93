"""The migrations folder in a commit, read by two processes of git however many files it has."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from bot.adapters.checkout.git import Git
from bot.adapters.checkout.loading import (
    LINK_BROKEN,
    LINK_OUTSIDE,
    LINKED_FOLDER,
    NO_UTF8_NAME,
    READ,
    SIZE_LIMIT,
    SUBMODULE,
    TOO_LARGE,
    Found,
    is_prisma_8,
    printable_name,
)
from bot.core.migrations.migration import LOCK_FILE, SCRIPT
from bot.errors import UsageError

_LINK = "120000"
_SUBMODULE = "160000"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class _Object:
    """One line of `ls-tree`; `path` is relative to the migrations folder."""

    mode: str
    id: str
    path: str


def find_in_commit(git: Git, commit: str, folder: str, texts: Iterable[bytes] = ()) -> Found:
    """What a commit has in the folder; nothing if it has no such folder.

    `texts` are contents that are at hand, such as the working tree's: what is the same here is not
    read again.
    """
    objects = list(objects_in(git, commit, folder))
    found = Found()
    wanted = [each for each in objects if _add(each, found)]
    blobs = [each for each in wanted if each.mode != _LINK]
    at_hand = by_id(texts, blobs)
    read = read_blobs(git, (each.id for each in blobs if each.id not in at_hand))
    for each in blobs:
        _keep(each.path, at_hand[each.id] if each.id in at_hand else read[each.id], found)
    _follow(git, commit, folder, [each for each in wanted if each.mode == _LINK], found)
    _look_for_prisma_8(objects, found)
    return found


def objects_in(git: Git, commit: str, folder: str) -> Iterator[_Object]:
    prefix = f"{folder}/" if folder else ""
    where = ["--", prefix] if prefix else []
    listed = git.read("ls-tree", "-r", "-z", "--full-tree", commit, *where)
    for line in os.fsdecode(listed).split("\0")[:-1]:
        facts, _, path = line.partition("\t")
        mode, _, id = facts.split(" ")
        yield _Object(mode, id, path.removeprefix(prefix))


def _add(each: _Object, found: Found) -> bool:
    """Note where an object lies; say whether its content is wanted."""
    if printable_name(each.path) != each.path:
        first = each.path.split("/")[:2]
        found.faults[printable_name("/".join(first))] = NO_UTF8_NAME
        return False
    name, _, inside = each.path.partition("/")
    if not inside:
        return _add_direct(each, found)
    names = found.folders.setdefault(name, [])
    child, slash, _ = inside.partition("/")
    if child + slash not in names:
        names.append(child + slash)
    if inside in READ and each.mode == _SUBMODULE:
        found.faults[each.path] = SUBMODULE
        return False
    return inside in READ


def _add_direct(each: _Object, found: Found) -> bool:
    if each.mode == _SUBMODULE:
        found.folders[each.path] = []
        found.faults[each.path] = SUBMODULE
        return False
    if each.path == LOCK_FILE:
        return True
    found.loose.append(each.path)
    return False


def by_id(texts: Iterable[bytes], objects: list[_Object]) -> dict[str, bytes]:
    """The texts by the id git gives them, in whichever of its two hashes the repository uses."""
    if not objects:
        return {}
    algorithm = "sha256" if len(objects[0].id) == 64 else "sha1"
    return {_blob_id(algorithm, text): text for text in texts}


def _blob_id(algorithm: str, text: bytes) -> str:
    content = b"blob %d\0%b" % (len(text), text)
    return hashlib.new(algorithm, content, usedforsecurity=False).hexdigest()


def _keep(path: str, content: bytes | str, found: Found) -> None:
    if isinstance(content, bytes):
        found.texts[path] = content
    else:
        found.faults[path] = content


def read_blobs(git: Git, ids: Iterable[str]) -> Mapping[str, bytes | str]:
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    lines = "".join(f"{id}\n" for id in wanted).encode("ascii")
    with git.stream("cat-file", "--batch", "--buffer", lines=lines) as output:
        return {id: _content(output) for id in wanted}


def _follow(git: Git, commit: str, folder: str, links: list[_Object], found: Found) -> None:
    """Read what symbolic links lead to, if it is in the same commit."""
    links = [each for each in links if "\n" not in each.path]
    if not links:
        return
    prefix = f"{folder}/" if folder else ""
    lines = os.fsencode("".join(f"{commit}:{prefix}{each.path}\n" for each in links))
    with git.stream("cat-file", "--batch", "--follow-symlinks", lines=lines) as output:
        for each in links:
            _keep(each.path, _content(output), found)


def _content(output: IO[bytes]) -> bytes | str:
    """The next object of a batch, or why it is not read. What is too large passes in pieces."""
    header = output.readline().split()
    kind, size = (header[-2], int(header[-1])) if header[-1:] and header[-1].isdigit() else (b"", 0)
    if kind == b"" and header[-1:] != [b"missing"]:
        raise _damaged()
    if kind == b"":
        return LINK_BROKEN
    content = _take(output, size)
    output.read(1)
    if kind == b"symlink":
        return LINK_OUTSIDE
    if kind in (b"dangling", b"loop", b"notdir"):
        return LINK_BROKEN
    return content if kind == b"blob" else LINKED_FOLDER


def _take(output: IO[bytes], size: int) -> bytes | str:
    if size <= SIZE_LIMIT:
        content = output.read(size)
        if len(content) < size:
            raise _damaged()
        return content
    while size > 0:
        piece = output.read(min(size, _CHUNK))
        if not piece:
            raise _damaged()
        size -= len(piece)
    return TOO_LARGE


def _damaged() -> UsageError:
    return UsageError(
        "git could not read the migrations of a commit.",
        hint="Try `git fsck`; the repository may be damaged.",
    )


def _look_for_prisma_8(objects: list[_Object], found: Found) -> None:
    inside: dict[str, list[str]] = {}
    for each in objects:
        folder, _, name = each.path.rpartition("/")
        if folder.count("/") <= 1 and SCRIPT not in found.folders.get(folder.split("/")[0], []):
            inside.setdefault(folder, []).append(name)
    found.prisma_8 = any(folder and is_prisma_8(names) for folder, names in inside.items())
