"""A commit's migrations are loaded by the same rules as the working tree's."""

import os

from bot.adapters.checkout import Checkout
from bot.adapters.checkout.loading import SIZE_LIMIT
from tests.adapters.checkout.repository import FIRST, FOLDER, SECOND, THIRD, Repository


def test_a_commit_is_loaded_as_the_working_tree_is(repository: Repository) -> None:
    repository.add(".hidden", "0_init", "With space", "été", 'quo"te', "back\\slash", "new\nline")
    repository.write(f"{FIRST}/down.sql", "")
    repository.write(f"{FIRST}/nested/more/x.sql")
    repository.write("20260103000000_x/Migration.sql")
    repository.write("20260104000000_y/migration.sql", b"\xff\x00\r\n")
    repository.write("20260105000000_z/migration.sql", "")
    repository.write("README.md")
    repository.write("large/migration.sql", b"-" * (SIZE_LIMIT + 1))
    repository.write("large2/migration.sql", "SELECT 2;")
    (repository.path / "shared.sql").write_text("SELECT 'shared';")
    for name, target in (("in", "../../../shared.sql"), ("broken", "nowhere")):
        script = repository.write(f"link_{name}/migration.sql")
        script.unlink()
        script.symlink_to(target)
    repository.commit()
    checkout = repository.checkout()
    assert checkout.history_at("HEAD") == checkout.history()
    assert "link_in" in checkout.history().names


def test_more_files_than_a_pipe_holds_are_read(repository: Repository) -> None:
    names = [f"20250101{number:06}_n" for number in range(2500)]
    repository.add(*names)
    repository.commit()
    checkout = repository.checkout()
    history = checkout.history_at("HEAD")
    assert len(history.migrations) == 2502
    assert history == checkout.history()


def test_links_out_of_the_repository_are_faults(repository: Repository) -> None:
    script = repository.write(f"{THIRD}/migration.sql")
    script.unlink()
    script.symlink_to("/etc/hostname")
    repository.commit()
    history = repository.checkout().history_at("HEAD")
    path = f"{FOLDER}/{THIRD}/migration.sql"
    assert history.unreadable == {path: "a symbolic link that leads out of the checkout"}


def test_a_link_to_a_folder_is_no_migration(repository: Repository) -> None:
    (repository.migrations / THIRD).symlink_to(FIRST)
    repository.commit()
    history = repository.checkout().history_at("HEAD")
    assert history.names == (FIRST, SECOND)
    assert history.strays == (f"{FOLDER}/{THIRD}",)


def test_a_submodule_is_a_fault(repository: Repository) -> None:
    commit = repository.git("rev-parse", "HEAD")
    place = f"{FOLDER}/{THIRD}"
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},{place}")
    repository.git("commit", "--quiet", "--message", "a submodule")
    history = repository.checkout().history_at("HEAD")
    assert history.names == (FIRST, SECOND)
    assert list(history.unreadable or ()) == [place]


def test_a_name_that_is_not_utf8_is_a_fault(repository: Repository) -> None:
    repository.add(os.fsdecode(b"2026\xff"))
    repository.commit()
    history = repository.checkout().history_at("HEAD")
    assert history.names == (FIRST, SECOND)
    assert list((history.unreadable or {}).values()) == ["its name is not UTF-8"]


def test_a_commit_without_the_folder_has_an_empty_history(repository: Repository) -> None:
    repository.git("rm", "-rq", FOLDER)
    repository.commit()
    assert repository.checkout().history_at("HEAD").names == ()
    assert repository.checkout().history_at("main").names == (FIRST, SECOND)


def test_migrations_at_the_top_of_the_repository(repository: Repository) -> None:
    repository.git("mv", f"{FOLDER}/{FIRST}", FIRST)
    repository.git("rm", "-rq", "prisma")
    repository.commit()
    checkout = Checkout(repository.path, ".", repository.environ)
    history = checkout.history_at("HEAD")
    assert history.names == (FIRST,)
    assert history.migrations[0].path == f"{FIRST}/migration.sql"
    assert checkout.added_by(FIRST) == checkout.head()
