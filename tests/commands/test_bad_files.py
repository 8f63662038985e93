"""Migrations that nobody can read, or that are not what they seem, at the command line."""

import json

import pytest

from bot.errors import ExitCode
from tests.commands.place import FOLDER, LOCK, MORE, SCRIPT, Place, refused
from tests.shell import Done

UNCONFIGURED = {"DATABASE_URL": "postgresql://localhost:1/nowhere"}


def blocked(done: Done, rule: str, *words: str) -> None:
    """A finding of that rule, which blocks; findings are no errors."""
    assert (done.code, done.err) == (ExitCode.FINDINGS, ""), done.said
    assert f"error {rule}" in done.out
    unwrapped = " ".join(done.out.split())
    for word in words:
        assert word in unwrapped


def test_a_syntax_error_is_shown_where_the_author_made_it(place: Place) -> None:
    done = place.check("SELECT 1;\n\n  CREATE TABLE b (\n    id int,,\n  );\n")

    blocked(done, "syntax-error", f"{SCRIPT}:4:12 ", 'syntax error at or near ","')
    lines = done.out.splitlines()
    at = next(place for place, line in enumerate(lines) if ",," in line)
    shown, caret = lines[at : at + 2]
    assert shown.index(",,") + 1 == caret.index("^")


@pytest.mark.parametrize(
    ("script", "rule", "said"),
    [
        (b"SELECT '\xe9';", "file-encoding", "not UTF-8"),
        (b"SELECT 1;\0", "file-encoding", "a NUL character"),
        (b"\xef\xbb\xbfSELECT 1;", "file-encoding", "byte order mark"),
        ("SELECT 1;".encode("utf-16"), "file-encoding", "UTF-16"),
        (b"CREATE TABLE `b` (id INT) ENGINE=InnoDB;", "syntax-error", "MySQL"),
        (b"\\connect other\nSELECT 1;", "prisma-psql-meta", "a command of psql"),
        (b"", "prisma-bad-folder", "is empty"),
        (b" " * (10 * 1024 * 1024 + 1), "prisma-bad-folder", "larger than 10 MB"),
        (b"SELECT " + b"(" * 100_000, "syntax-error", ""),
    ],
    ids=["Latin-1", "NUL", "BOM", "UTF-16", "MySQL", "psql", "empty", "11 MB", "deep"],
)
def test_a_file_that_no_server_would_take_is_blocked(
    place: Place, script: bytes, rule: str, said: str
) -> None:
    blocked(place.check(script), rule, said)


def test_a_file_with_nothing_but_comments_is_fine(place: Place) -> None:
    done = place.check("-- nothing to do\n")

    assert done.code == 0
    assert "1 migration, 0 statements" in done.out


def test_five_thousand_statements_are_judged(place: Place) -> None:
    done = place.check("".join(f"ALTER TABLE a ADD COLUMN c{n} int;\n" for n in range(5_000)))

    assert done.code == 0
    assert "5,000 statements" in done.out


def test_a_folder_without_a_script_is_blocked(place: Place) -> None:
    place.write(f"{FOLDER}/{MORE}/README.md", "later")

    blocked(place.bot("check"), "prisma-bad-folder", f"{MORE} has no migration.sql")


def test_a_provider_that_is_not_postgresql_is_blocked_and_never_applied(place: Place) -> None:
    place.write(LOCK, 'provider = "mysql"\n')

    blocked(place.bot("check"), "prisma-lock-file", "from postgresql to mysql")
    for verb in "plan", "apply", "status":
        done = place.bot(verb, "development", environ=UNCONFIGURED)
        refused(done, ExitCode.USAGE, f"{LOCK} names mysql, and only postgresql is known here")


def test_a_folder_of_prisma_8_is_refused(place: Place) -> None:
    place.write(f"{FOLDER}/{MORE}/migration.json", "{}")
    place.write(f"{FOLDER}/{MORE}/ops.json", "[]")

    for arguments in (["check"], ["check", "--all"], ["plan", "staging"]):
        refused(place.bot(*arguments), ExitCode.USAGE, "the format of Prisma 8", "`prisma@7`")


def test_a_history_with_a_part_that_cannot_be_read_is_not_rolled_out_in_part(place: Place) -> None:
    place.write(SCRIPT, b" " * (10 * 1024 * 1024 + 1))
    place.write(f"{FOLDER}/20260103000000_last/migration.sql", "SELECT 1;")
    place.write(f"{FOLDER}/20260104000000_none/down.sql", "SELECT 1;")

    for verb in "plan", "apply", "status":
        done = place.bot(verb, "development", environ=UNCONFIGURED)
        refused(
            done, ExitCode.USAGE, "larger than 10 MB", "20260104000000_none has no migration.sql"
        )


def test_no_new_migrations_are_no_fault(place: Place) -> None:
    done = place.bot("check")

    assert (done.code, done.out, done.err) == (0, "No new migrations against main.\n", "")
    report = json.loads(place.bot("check", "--format", "json").out)
    assert (report["verdict"], report["migrations"]) == ("pass", [])
