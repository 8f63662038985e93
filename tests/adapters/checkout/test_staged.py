"""What is staged, and nothing else that lies in the working tree."""

import pytest

from bot.adapters.checkout import Checkout
from bot.errors import UsageError
from tests.adapters.checkout.repository import FIRST, NOW, SECOND, THIRD, Repository

FOURTH = "20260104000000_fourth"
STAGED = "CREATE TABLE staged ();\n"


def stage(repository: Repository, name: str = THIRD, script: str = STAGED) -> None:
    repository.write(f"{name}/migration.sql", script)
    repository.git("add", f"prisma/migrations/{name}")


def test_what_is_staged_is_the_change(repository: Repository) -> None:
    stage(repository)

    change = repository.checkout().staged("main", NOW)

    assert [(each.name, each.sql) for each in change.added] == [(THIRD, STAGED)]
    assert (change.base_name, change.base_ref, change.now) == ("main", "main", NOW)
    assert change.base is not None
    assert change.base.names == (FIRST, SECOND)


def test_what_was_written_since_is_not_looked_at(repository: Repository) -> None:
    stage(repository)
    repository.write(f"{THIRD}/migration.sql", "DROP TABLE staged;\n")
    repository.write(f"{FIRST}/migration.sql", "SELECT 'edited';\n")

    change = repository.checkout().staged("main", NOW)

    assert [each.sql for each in change.added] == [STAGED]
    assert change.base is not None
    assert change.head.migrations[:2] == change.base.migrations


def test_a_folder_that_git_does_not_know_is_not_looked_at(repository: Repository) -> None:
    stage(repository)
    repository.add(FOURTH)

    change = repository.checkout().staged("main", NOW)

    assert [each.name for each in change.added] == [THIRD]


def test_what_the_branch_has_committed_belongs_to_it(repository: Repository) -> None:
    repository.add(THIRD)
    repository.commit()
    stage(repository, FOURTH)

    change = repository.checkout().staged("main", NOW)

    assert [each.name for each in change.added] == [THIRD, FOURTH]


def test_a_file_that_is_gone_from_disk_and_still_staged_is_there(repository: Repository) -> None:
    stage(repository)
    (repository.migrations / THIRD / "migration.sql").unlink()

    assert [each.name for each in repository.checkout().staged("main", NOW).added] == [THIRD]


def test_the_index_that_git_names_is_the_one_that_is_read(repository: Repository) -> None:
    """`git commit -- FILE` asks its hooks about an index of its own."""
    repository.git("read-tree", "--index-output=.git/other", "main")
    stage(repository)

    assert repository.checkout().staged("main", NOW).added
    repository.environ["GIT_INDEX_FILE"] = str(repository.path / ".git" / "other")
    assert repository.checkout().staged("main", NOW).added == ()


def test_before_the_first_commit_there_is_nothing_to_compare_with(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "--orphan", "first")
    repository.git("branch", "--delete", "--force", "main", "feature")

    change = repository.checkout().staged(None, NOW)

    assert change.base is None
    assert [each.name for each in change.added] == [FIRST, SECOND]


def test_the_schema_is_the_staged_one(repository: Repository) -> None:
    schema = repository.path / "prisma" / "schema.prisma"
    schema.write_text("// staged\n")
    repository.git("add", "prisma/schema.prisma")
    schema.write_text("// written since\n")
    stage(repository)

    project = repository.checkout().staged("main", NOW).head.project

    assert project is not None
    assert project.schemas == {"prisma/schema.prisma": "// staged\n"}


def test_conflicts_are_told(repository: Repository) -> None:
    stage(repository, script="SELECT 1;\n")
    repository.commit()
    repository.switch("main")
    stage(repository, script="SELECT 2;\n")
    repository.commit()
    with pytest.raises(Exception, match="returned non-zero"):
        repository.git("merge", "--quiet", "feature")

    with pytest.raises(UsageError, match="conflicts") as caught:
        repository.checkout().staged("main", NOW)
    assert "git add" in caught.value.hint


def test_a_folder_that_is_nowhere_is_told(repository: Repository) -> None:
    with pytest.raises(UsageError, match="no migrations folder db/migrations"):
        Checkout(repository.path, "db/migrations", repository.environ).staged("main", NOW)
