"""A repository that the bot has not moved into yet."""

from pathlib import Path

import pytest

from bot.adapters.checkout import Checkout
from bot.errors import UsageError
from tests.harness.stand_ins import git


def ground_with(folder: Path, *files: str, branch: str = "trunk") -> tuple[object, ...]:
    git(folder, "init", "--quiet", "--initial-branch", branch)
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    found = Checkout.find("prisma/migrations", start=folder, environ={}).ground()
    assert Path(found.root) == folder.resolve()
    return found.branch, found.folders, found.expected


@pytest.mark.parametrize(
    ("files", "folders", "expected"),
    [
        (["prisma/schema.prisma"], (), ("prisma/migrations",)),
        (["schema.prisma"], (), ("migrations",)),
        (["prisma/schema/schema.prisma"], (), ("prisma/migrations",)),
        (
            ["prisma/schema.prisma", "prisma/migrations/migration_lock.toml"],
            ("prisma/migrations",),
            (),
        ),
        (
            ["a/prisma/migrations/migration_lock.toml", "b/prisma/schema.prisma"],
            ("a/prisma/migrations",),
            ("b/prisma/migrations",),
        ),
        (["node_modules/x/prisma/schema.prisma", ".cache/schema.prisma", "README.md"], (), ()),
    ],
)
def test_folders_are_found_where_prisma_has_or_makes_them(
    tmp_path: Path, files: list[str], folders: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert ground_with(tmp_path, *files) == ("trunk", folders, expected)


def test_outside_a_repository_there_is_nothing_to_move_into(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no git repository"):
        Checkout.find("prisma/migrations", start=tmp_path, environ={}).ground()
