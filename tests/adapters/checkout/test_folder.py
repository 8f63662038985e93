"""The working tree as Prisma loads it."""

import os
from pathlib import Path

import pytest

from bot.adapters.checkout import Checkout
from bot.adapters.checkout.loading import SIZE_LIMIT
from bot.core.migrations.history import History
from bot.errors import ExitCode, UsageError
from tests.adapters.checkout.repository import FIRST, FOLDER, LOCK, SECOND, Repository


def faults(history: History) -> dict[str, str]:
    return {
        path.removeprefix(f"{FOLDER}/"): why for path, why in (history.unreadable or {}).items()
    }


def test_a_plain_history_is_loaded_whole(repository: Repository) -> None:
    repository.write(f"{SECOND}/down.sql", "DROP TABLE t;")
    history = repository.checkout().history()
    assert history.folder == FOLDER
    assert history.names == (FIRST, SECOND)
    first, second = history.migrations
    assert first.path == f"{FOLDER}/{FIRST}/migration.sql"
    assert first.sql == f"CREATE TABLE t_{FIRST} ();\n"
    assert (first.down, second.down) == (None, "DROP TABLE t;")
    assert history.provider == "postgresql"
    assert (history.incomplete, history.strays, history.unreadable) == ((), (), {})


def test_every_folder_counts_whatever_its_name(repository: Repository) -> None:
    names = (".hidden", "0_init", "With space", "été", "x")
    repository.add(*names)
    assert set(repository.checkout().history().names) == {FIRST, SECOND, *names}


def test_only_folders_directly_in_it_count(repository: Repository) -> None:
    repository.write("20260103000000_x.sql")
    repository.write("README.md")
    repository.write(f"{FIRST}/2026/migration.sql")
    repository.write(f"{FIRST}/notes.txt")
    history = repository.checkout().history()
    assert history.names == (FIRST, SECOND)
    assert history.strays == (
        f"{FOLDER}/{FIRST}/2026/",
        f"{FOLDER}/{FIRST}/notes.txt",
        f"{FOLDER}/20260103000000_x.sql",
        f"{FOLDER}/README.md",
    )


def test_a_folder_without_script_is_incomplete(repository: Repository) -> None:
    (repository.migrations / "20260103000000_empty").mkdir()
    repository.write("20260104000000_case/Migration.sql")
    history = repository.checkout().history()
    assert history.incomplete == ("20260103000000_empty", "20260104000000_case")
    assert len(history.migrations) == 2


def test_a_linked_folder_does_not_count(repository: Repository) -> None:
    (repository.migrations / "20260103000000_linked").symlink_to(FIRST)
    history = repository.checkout().history()
    assert history.names == (FIRST, SECOND)
    assert "does not follow" in faults(history)["20260103000000_linked"]


def test_a_linked_script_inside_the_checkout_is_read(repository: Repository) -> None:
    (repository.path / "shared.sql").write_text("SELECT 'shared';")
    script = repository.migrations / "20260103000000_x" / "migration.sql"
    script.parent.mkdir()
    script.symlink_to("../../../shared.sql")
    migration = repository.checkout().history().find("20260103000000_x")
    assert migration is not None
    assert migration.sql == "SELECT 'shared';"


@pytest.mark.parametrize("place", ["../outside.sql", ".git/config"])
def test_a_linked_script_never_leads_to_a_secret(repository: Repository, place: str) -> None:
    secret = repository.path / place
    secret.write_text("SELECT 'secret';")
    script = repository.migrations / "20260103000000_x" / "migration.sql"
    script.parent.mkdir()
    script.symlink_to(secret.resolve())
    history = repository.checkout().history()
    assert history.names == (FIRST, SECOND)
    assert "out of the checkout" in faults(history)["20260103000000_x/migration.sql"]


def test_a_linked_script_may_lead_anywhere_in_a_plain_folder(tmp_path: Path) -> None:
    (tmp_path / "shared.sql").write_text("SELECT 1;")
    folder = tmp_path / "migrations" / "20260103000000_x"
    folder.mkdir(parents=True)
    (folder / "migration.sql").symlink_to(tmp_path / "shared.sql")
    assert len(Checkout(None, str(tmp_path / "migrations"), {}).history().migrations) == 1


def test_a_linked_migrations_folder_never_leads_out(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (repository.path / "linked").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="leads out of the checkout"):
        Checkout(repository.path, "linked", repository.environ).history()


def test_broken_and_circular_links_are_faults(repository: Repository) -> None:
    for name, target in (("20260103000000_x", "nowhere"), ("20260104000000_y", "migration.sql")):
        (repository.migrations / name).mkdir()
        (repository.migrations / name / "migration.sql").symlink_to(target)
    history = repository.checkout().history()
    assert history.names == (FIRST, SECOND)
    assert set(faults(history)) == {
        "20260103000000_x/migration.sql",
        "20260104000000_y/migration.sql",
    }


def test_a_pipe_is_not_waited_for(repository: Repository) -> None:
    (repository.migrations / "20260103000000_x").mkdir()
    os.mkfifo(repository.migrations / "20260103000000_x" / "migration.sql")
    found = faults(repository.checkout().history())
    assert found == {"20260103000000_x/migration.sql": "not a file"}


def test_a_script_that_is_a_folder_is_incomplete(repository: Repository) -> None:
    repository.write("20260103000000_x/migration.sql/oops.sql")
    history = repository.checkout().history()
    assert history.incomplete == ("20260103000000_x",)
    assert history.strays == (f"{FOLDER}/20260103000000_x/migration.sql/",)


def test_a_file_over_the_limit_is_a_fault_and_one_at_it_is_read(repository: Repository) -> None:
    repository.write("20260103000000_x/migration.sql", b"-" * (SIZE_LIMIT + 1))
    repository.write("20260104000000_y/migration.sql", b"-" * SIZE_LIMIT)
    history = repository.checkout().history()
    assert history.names == (FIRST, SECOND, "20260104000000_y")
    assert faults(history) == {"20260103000000_x/migration.sql": "larger than 10 MB"}


def test_bytes_that_are_not_utf8_are_replaced_and_a_mark_is_kept(repository: Repository) -> None:
    repository.write("20260103000000_x/migration.sql", b"SELECT '\xe9';")
    repository.write("20260104000000_y/migration.sql", b"\xef\xbb\xbfSELECT 1;")
    history = repository.checkout().history()
    latin, marked = history.migrations[2:]
    assert (latin.sql, latin.valid_utf8) == ("SELECT '\ufffd';", False)
    assert (marked.sql, marked.valid_utf8) == ("\ufeffSELECT 1;", True)


def test_a_name_that_is_not_utf8_is_a_fault(repository: Repository) -> None:
    (repository.migrations / os.fsdecode(b"2026\xff")).mkdir()
    history = repository.checkout().history()
    assert history.names == (FIRST, SECOND)
    assert faults(history) == {"2026\ufffd": "its name is not UTF-8"}


def test_what_may_not_be_read_is_a_fault(repository: Repository) -> None:
    repository.add("20260103000000_x", "20260104000000_y")
    (repository.migrations / "20260103000000_x").chmod(0)
    (repository.migrations / "20260104000000_y" / "migration.sql").chmod(0)
    if os.access(repository.migrations / "20260103000000_x", os.R_OK):
        pytest.skip("root may read everything")
    found = faults(repository.checkout().history())
    (repository.migrations / "20260103000000_x").chmod(0o700)
    assert found == {
        "20260103000000_x": "Permission denied",
        "20260104000000_y/migration.sql": "Permission denied",
    }


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        (LOCK, "postgresql"),
        ("# a comment\n" + LOCK, "postgresql"),
        ("provider = postgresql", "postgresql"),
        ('provider = "postgresql"\r\n', "postgresql"),
        ("\ufeff# a comment\n" + LOCK, "postgresql"),
        ('provider = "sqlite"\nprovider = "postgresql"\n', "sqlite"),
        ('provider="postgresql"\n', 'provider="postgresql'),
        ("provider = 'postgresql'\n", "'postgresql'"),
        ('provider = "postgresql" # ours\n', 'postgresql" # ours'),
        ('provider  = "postgresql"\n', 'provider  = "postgresql'),
        ('provider = "postgres"\n', "postgres"),
        (' provider = "postgresql"\n', ""),
        ("\ufeff" + LOCK, ""),
        ("", ""),
        ("# provider\n", ""),
    ],
)
def test_the_lock_file_is_read_as_prisma_reads_it(
    repository: Repository, text: str, provider: str
) -> None:
    repository.write("migration_lock.toml", text)
    assert repository.checkout().history().provider == provider


def test_without_lock_file_there_is_no_provider(repository: Repository) -> None:
    (repository.migrations / "migration_lock.toml").unlink()
    assert repository.checkout().history().provider is None


def test_a_folder_of_prisma_8_stops_with_words(repository: Repository) -> None:
    for file in ("migration.json", "ops.json"):
        repository.write(f"app/20260301T1200_add_users/{file}", "{}")
    with pytest.raises(UsageError, match="format of Prisma 8") as caught:
        repository.checkout().history()
    assert caught.value.exit_code is ExitCode.USAGE
    repository.commit()
    with pytest.raises(UsageError, match="format of Prisma 8"):
        repository.checkout().history_at("HEAD")


def test_other_json_files_are_not_prisma_8(repository: Repository) -> None:
    repository.write(f"{FIRST}/data/ops.json", "{}")
    repository.write("20260103000000_x/seed/migration.json", "{}")
    assert repository.checkout().history().incomplete == ("20260103000000_x",)


def test_a_missing_folder_is_an_error_unless_it_is_optional(tmp_path: Path) -> None:
    checkout = Checkout(None, str(tmp_path / "none"), {})
    with pytest.raises(UsageError, match="no migrations folder") as caught:
        checkout.history()
    assert "--migrations" in caught.value.hint
    assert checkout.history(optional=True).names == ()


def test_a_file_in_the_place_of_the_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "migrations").write_text("")
    with pytest.raises(UsageError, match="cannot be read: Not a directory"):
        Checkout(None, str(tmp_path / "migrations"), {}).history()
