"""A history that would end differently in two databases is blocked, with the command that mends it.

The commands are taken from the comment and really run in a clone of the branch.
"""

import re
import subprocess
from collections.abc import Mapping

import pytest

from bot.core.migrations.migration import checksum_of
from tests.harness.stand_ins import git
from tests.story.stage import (
    COUNTRY,
    HARMLESS,
    HISTORY,
    INDEX,
    INIT,
    MENDED,
    SHOP,
    Stage,
    script,
)

LATE = "20231231000000_add_country"
COMMAND = re.compile(r"^```(?:sh|bash|shell|console)?\n(git [^`]*?)\n```$", re.M)
Files = Mapping[str, str | bytes | None]


def follow(stage: Stage, number: int = 1) -> str:
    """Do in a clone what the comment says, commit, and push; returns what it said."""
    commands = "\n".join(COMMAND.findall(stage.comment(number)))
    assert commands, stage.comment(number)
    clone = stage.folder / f"clone-{number}"
    git(stage.folder, "clone", "--quiet", str(stage.hub.repository(SHOP).git.path), clone.name)
    git(clone, "checkout", "--quiet", "topic")
    subprocess.run(["bash", "-ec", commands], cwd=clone, check=True, capture_output=True)
    git(clone, "add", "--all")
    identity = ["-c", "user.name=ada", "-c", "user.email=ada@users.noreply.github.com"]
    git(clone, *identity, "commit", "--quiet", "--message", "Do as the comment says")
    events = stage.hub.push_from(SHOP, "topic", checkout=clone, author="ada")
    mended = stage.check(events[-1])
    assert mended.status == 0, mended.log
    assert "### 🟢" in stage.comment(number)
    return commands


@pytest.mark.soak
@pytest.mark.slow
def test_a_migration_older_than_the_newest_on_main_is_moved_by_the_comments_command(
    stage: Stage,
) -> None:
    stage.propose({script(COUNTRY): HARMLESS}, branch="other")
    behind = stage.propose({script(LATE): 'ALTER TABLE "Order" ADD COLUMN "city" TEXT;\n'})
    stage.merge(1)
    stage.check(behind)
    assert stage.check(behind).status == 1
    comment = stage.comment(2)
    assert "prisma-out-of-order" in comment
    assert f"{LATE} sorts before {COUNTRY}, which is already in main" in comment.replace("`", "")
    commands = follow(stage, 2)
    moved = re.fullmatch(
        rf"git mv -- prisma/migrations/{LATE} prisma/migrations/(\d{{14}})_add_country", commands
    )
    assert moved
    assert moved[1] > COUNTRY[:14]


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        ({script(INIT): "SELECT 1;\n"}, "prisma-edited-applied"),
        pytest.param(
            {script(INIT): f"{HISTORY[script(INIT)]}-- to the same end\n"},
            "prisma-edited-applied",
            marks=pytest.mark.soak,
        ),
        pytest.param({script(INIT): None}, "prisma-deleted-migration", marks=pytest.mark.soak),
    ],
    ids=["edited", "edited to the same end", "deleted"],
)
@pytest.mark.slow
def test_a_merged_migration_is_restored_by_the_comments_command(
    stage: Stage, files: Files, rule: str
) -> None:
    blocked = stage.check(stage.propose({**files, script(COUNTRY): HARMLESS}))
    assert blocked.status == 1
    assert rule in stage.comment()
    assert follow(stage).startswith("git checkout origin/main -- prisma/migrations/")
    path = stage.folder / "clone-1" / script(INIT)
    assert checksum_of(path.read_text()) == checksum_of(HISTORY[script(INIT)])


@pytest.mark.soak
@pytest.mark.slow
def test_a_renamed_migration_is_named_back_by_the_comments_command(stage: Stage) -> None:
    new = "20240601000000_init_again"
    moves = ((f"prisma/migrations/{INIT}", f"prisma/migrations/{new}"),)
    blocked = stage.check(stage.propose({script(COUNTRY): HARMLESS}, renames=moves))
    assert blocked.status == 1
    assert "prisma-deleted-migration" in stage.comment()
    expected = f"git mv -- prisma/migrations/{new} prisma/migrations/{INIT}"
    assert expected in follow(stage)


@pytest.mark.soak
@pytest.mark.slow
def test_a_branch_that_is_merely_behind_is_not_blamed_for_it(stage: Stage) -> None:
    behind = stage.propose({script(COUNTRY): HARMLESS})
    stage.propose({script(INDEX): MENDED}, branch="other")
    stage.merge(2)
    assert stage.check(behind).status == 0
    assert "### 🟢 1 new migration, risk LOW, nothing risky found" in stage.comment()


@pytest.mark.slow
def test_what_was_edited_after_it_was_applied_is_not_rolled_out(stage: Stage) -> None:
    """Somebody forced it past the check: the target still remembers what it applied."""
    stage.deploy(stage.merged({script(COUNTRY): HARMLESS}))
    untouched = [stage.schema(name) for name in ("staging", "production")]
    (push,) = stage.hub.push(SHOP, "main", {script(COUNTRY): "SELECT 1;\n"}, author="grace")
    run = stage.deploy(push)
    assert run.jobs["staging"].status == 6
    assert run.jobs["production"].result == "skipped"
    assert [stage.schema(name) for name in ("staging", "production")] == untouched
