"""What is staged, as a tree that git can be asked about. Nothing is written into the repository."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bot.adapters.checkout.git import Git
from bot.errors import UsageError

_OTHERS = "GIT_ALTERNATE_OBJECT_DIRECTORIES"


@contextmanager
def staged_tree(git: Git, environ: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The tree, and an environment in which git knows it. Raises UsageError for conflicts."""
    index = _path(git, "index")
    objects = _path(git, "objects")
    with tempfile.TemporaryDirectory(prefix="migration-bot-staged-") as place:
        # `write-tree` writes trees, and into the index which trees there are: both into copies.
        copy = Path(place) / "index"
        if index.exists():
            shutil.copyfile(index, copy)
        known = os.pathsep.join(filter(None, (str(objects), environ.get(_OTHERS))))
        around = {
            **environ,
            "GIT_INDEX_FILE": str(copy),
            "GIT_OBJECT_DIRECTORY": place,
            _OTHERS: known,
        }
        tree = Git(git.directory, around).ask("write-tree")
        if tree is None:
            raise UsageError(
                "What is staged cannot be judged: it has conflicts that are not resolved.",
                hint="Resolve them, `git add` the files, and try again.",
            )
        yield tree, around


def _path(git: Git, name: str) -> Path:
    """Where git keeps it: hooks of `git commit -- FILE` have an index of their own."""
    return git.directory / (git.ask("rev-parse", "--git-path", name) or f".git/{name}")
