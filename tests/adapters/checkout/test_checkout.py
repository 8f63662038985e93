"""The change between the tip of a base and the working tree."""

from pathlib import Path

import pytest

from bot import world
from bot.adapters.checkout import Checkout
from bot.errors import UsageError
from tests.adapters.checkout.repository import FIRST, FOLDER, NOW, SECOND, THIRD, Repository

FOURTH = "20260104000000_fourth"


def test_nothing_added_is_an_empty_change(repository: Repository) -> None:
    change = repository.checkout().change("main", NOW)
    assert change.added == ()
    assert change.base == change.head
    assert (change.base_name, change.base_ref, change.now) == ("main", "main", NOW)


def test_what_a_branch_adds_is_found_committed_or_not(repository: Repository) -> None:
    repository.add(THIRD)
    repository.commit()
    repository.add(FOURTH)
    change = repository.checkout().change("main", NOW)
    assert [each.name for each in change.added] == [THIRD, FOURTH]


def test_the_base_is_read_as_it_was_not_as_it_is_here(repository: Repository) -> None:
    repository.write(f"{FIRST}/migration.sql", "SELECT 'edited';")
    repository.write(f"{SECOND}/migration.sql", "")
    change = repository.checkout().change("main", NOW)
    assert change.base is not None
    assert [each.sql for each in change.base.migrations] == [
        f"CREATE TABLE t_{FIRST} ();\n",
        f"CREATE TABLE t_{SECOND} ();\n",
    ]
    assert [each.sql for each in change.head.migrations] == ["SELECT 'edited';", ""]
    assert change.behind == frozenset()


def test_an_empty_script_that_both_have_is_read(repository: Repository) -> None:
    repository.switch("main")
    repository.write(f"{THIRD}/migration.sql", "")
    repository.commit()
    change = repository.checkout().change("main", NOW)
    assert change.base == change.head


def test_the_tip_of_base_counts_and_what_only_base_has_is_behind(repository: Repository) -> None:
    repository.add(FOURTH)
    repository.commit()
    repository.switch("main")
    repository.add(THIRD)
    repository.write(f"{FIRST}/migration.sql", "SELECT 'mended on main';")
    repository.commit()
    repository.switch("feature")
    change = repository.checkout().change("main", NOW)
    assert change.base is not None
    assert change.base.names == (FIRST, SECOND, THIRD)
    assert change.behind == {THIRD, FIRST}
    assert [each.name for each in change.added] == [FOURTH]


def test_what_base_deleted_is_not_added_by_a_branch_that_still_has_it(
    repository: Repository,
) -> None:
    repository.switch("main")
    repository.git("rm", "-rq", f"{FOLDER}/{FIRST}")
    repository.commit()
    repository.switch("feature")
    change = repository.checkout().change("main", NOW)
    assert change.added == ()
    assert change.behind == {FIRST}


def test_what_a_branch_deleted_itself_is_not_behind(repository: Repository) -> None:
    repository.git("rm", "-rq", f"{FOLDER}/{FIRST}")
    repository.commit()
    repository.switch("main")
    repository.add(THIRD)
    repository.commit()
    repository.switch("feature")
    assert repository.checkout().change("main", NOW).behind == {THIRD}


def test_a_branch_merged_with_its_base_is_not_behind(repository: Repository) -> None:
    repository.add(FOURTH)
    repository.commit()
    repository.switch("main")
    repository.add(THIRD)
    repository.commit()
    repository.switch("feature")
    repository.git("merge", "--quiet", "--no-edit", "main")
    change = repository.checkout().change("main", NOW)
    assert change.behind == frozenset()
    assert [each.name for each in change.added] == [FOURTH]


def test_a_shallow_merge_of_the_base_is_compared_and_any_other_is_not(
    repository: Repository, tmp_path: Path
) -> None:
    repository.add(FOURTH)
    repository.commit()
    repository.commit("one more, so that the base is no parent of the branch")
    repository.git("checkout", "--quiet", "-b", "pull", "main")
    repository.git("merge", "--quiet", "--no-ff", "--no-edit", "feature")
    for branch in ("pull", "feature"):
        shallow = repository.clone(tmp_path / branch, "--depth=1", f"--branch={branch}")
        shallow.git("fetch", "--quiet", "--depth=1", "origin", "main:refs/remotes/origin/main")
        checkout = shallow.checkout()
        if branch == "pull":
            assert [each.name for each in checkout.change("main", NOW).added] == [FOURTH]
        else:
            with pytest.raises(UsageError, match="too shallow") as caught:
                checkout.change("main", NOW)
            assert "fetch-depth: 0" in caught.value.hint


def test_a_repository_of_long_hashes_is_compared_too(
    repository: Repository, tmp_path: Path
) -> None:
    made = Repository(tmp_path / "long", tmp_path / "home")
    made.path.mkdir()
    made.git("init", "--quiet", "--initial-branch=main", "--object-format=sha256")
    made.add(FIRST)
    made.commit()
    made.branch("feature")
    made.add(SECOND)
    change = made.checkout().change("main", NOW)
    assert [each.name for each in change.added] == [SECOND]
    assert change.base is not None
    assert change.base.migrations == change.head.migrations[:1]


def test_line_endings_that_git_converts_make_no_other_text_of_the_base(
    repository: Repository,
) -> None:
    repository.git("config", "core.autocrlf", "true")
    script = repository.migrations / FIRST / "migration.sql"
    script.write_bytes(script.read_bytes().replace(b"\n", b"\r\n"))
    change = repository.checkout().change("main", NOW)
    assert change.base is not None
    assert change.base.migrations[0].sql.endswith(";\n")
    assert change.head.migrations[0].sql.endswith(";\r\n")


def test_the_folder_is_found_from_a_folder_below_the_top(repository: Repository) -> None:
    for start, folder in (
        (repository.path, FOLDER),
        (repository.path, f"./{FOLDER}/"),
        (repository.path / "prisma", "migrations"),
        (repository.path / "prisma", FOLDER),
        (Path("/"), str(repository.migrations)),
    ):
        checkout = Checkout.find(folder, start=start, environ=repository.environ)
        assert (checkout.root, checkout.folder) == (repository.path, FOLDER)


def test_a_folder_that_leads_out_of_the_repository_is_refused(
    repository: Repository, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="leads out of the checkout"):
        Checkout.find("../nowhere", start=repository.path, environ=repository.environ)
    (tmp_path / "elsewhere").mkdir()
    (repository.path / "linked").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="leads out of the checkout"):
        Checkout.find("linked", start=repository.path, environ=repository.environ)


def test_a_folder_elsewhere_that_was_named_as_such_is_read(
    repository: Repository, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere" / FIRST).mkdir(parents=True)
    for folder in ("../elsewhere", str(tmp_path / "elsewhere")):
        found = Checkout.find(folder, start=repository.path, environ=repository.environ)
        assert found.root is None
        assert found.history().incomplete == (FIRST,)


def test_a_repository_inside_another_is_its_own_checkout(repository: Repository) -> None:
    inner = repository.path / "inner"
    inner.mkdir()
    repository.git("-C", "inner", "init", "--quiet")
    (inner / "migrations" / FIRST).mkdir(parents=True)
    found = Checkout.find("inner/migrations", start=repository.path, environ=repository.environ)
    assert (found.root, found.folder) == (inner, "migrations")


def test_the_commit_that_added_a_migration_is_the_merge_of_its_branch(
    repository: Repository,
) -> None:
    repository.add(THIRD)
    repository.commit("on the branch")
    repository.switch("main")
    repository.git("merge", "--quiet", "--no-ff", "--no-edit", "feature")
    merge = repository.git("rev-parse", "HEAD")
    repository.write("README.md")
    repository.commit("later")
    checkout = repository.checkout()
    assert checkout.added_by(THIRD) == merge
    assert checkout.added_by(FIRST) == repository.git("rev-list", "--max-parents=0", "HEAD")
    assert checkout.added_by("20270101000000_none") is None


def test_the_commit_that_added_a_migration_is_not_the_one_that_edited_it(
    repository: Repository,
) -> None:
    repository.add(THIRD)
    added = repository.commit()
    repository.write(f"{THIRD}/migration.sql", "SELECT 2;")
    repository.commit("edited")
    assert repository.checkout().added_by(THIRD) == added


def test_a_renamed_migration_was_added_by_the_renaming(repository: Repository) -> None:
    repository.git("mv", f"{FOLDER}/{SECOND}", f"{FOLDER}/{THIRD}")
    renamed = repository.commit()
    assert repository.checkout().added_by(THIRD) == renamed


def test_in_a_shallow_clone_nobody_guesses_who_added_a_migration(
    repository: Repository, tmp_path: Path
) -> None:
    repository.add(THIRD)
    repository.commit()
    shallow = repository.clone(tmp_path / "shallow", "--depth=1")
    with pytest.raises(UsageError, match="too shallow") as caught:
        shallow.checkout().added_by(FIRST)
    assert "git fetch --unshallow" in caught.value.hint


def test_the_head_is_the_commit_that_is_checked_out(repository: Repository) -> None:
    assert repository.checkout().head() == repository.git("rev-parse", "HEAD")


def test_a_repository_without_a_commit_has_no_head(tmp_path: Path) -> None:
    made = Repository(tmp_path, tmp_path)
    made.git("init", "--quiet")
    made.add(FIRST)
    with pytest.raises(UsageError, match="no commit yet"):
        made.checkout().head()


def test_an_unknown_commit_has_no_history(repository: Repository) -> None:
    with pytest.raises(UsageError, match="no commit nowhere here"):
        repository.checkout().history_at("nowhere")


def test_nothing_is_written_by_looking(repository: Repository) -> None:
    before = sorted(path for path in repository.path.rglob("*"))
    repository.checkout().change("main", NOW)
    repository.checkout().history_at("main")
    assert sorted(path for path in repository.path.rglob("*")) == before


def test_the_checkout_is_what_commands_expect(repository: Repository) -> None:
    expected: world.Checkout = repository.checkout()
    assert expected.everything(NOW).base is None
