"""Scripts of every bad kind, through each verb that reads them."""

import pytest

from bot.commands import apply, check, plan, status
from bot.commands.changes import Asked
from bot.errors import ExitCode, UsageError
from tests.commands.place import Place
from tests.commands.test_bad_files import blocked
from tests.commands.test_rolling_out import EVERYWHERE, INIT
from tests.fakes import FakeCheckout, FakeDatabase, history, migration, world

FAULTY = {
    "MySQL": "CREATE TABLE `b` (id INT) ENGINE=InnoDB;",
    "SQLite": "PRAGMA foreign_keys=OFF;",
    "T-SQL": "BEGIN TRY\nSELECT 1;\nEND TRY",
    "Oracle": "BEGIN\n  EXECUTE IMMEDIATE 'x';\nEND;\n/",
    "psql": "\\i other.sql",
    "COPY": "COPY a FROM stdin;\n1\n\\.\n",
    "Jinja": "DROP TABLE {{ table }};",
    "quoted template": 'DROP TABLE "${table}";',
    "conflict": "<<<<<<< HEAD\nSELECT 1;\n=======\nSELECT 2;\n>>>>>>> more\n",
    "BOM": "\ufeffSELECT 1;",
    "UTF-16": "SELECT 1;".encode("utf-16").decode("utf-8", "replace"),
    "NUL": "SELECT 1;\0",
    "zero-width": "DROP TABLE a\u200b b;",
    "operators": "SELECT " + "+" * 100_000 + "1",
    "nested comments": "/*" * 50_000,
    "deep": "SELECT " + "(SELECT " * 20_000,
    "too deep a sum": "SELECT " + "1+" * 300_000 + "1",
    "open quote": "SELECT '" + "x\n" * 50_000,
}
ODD = {
    "empty": "",
    "blank": " \n\t\n",
    "semicolons": ";;;",
    "comment": "-- nothing\n",
    "BEGIN": "BEGIN;",
    "long": f"SELECT '{'x' * 100_000}';",
    "terms": f"SELECT {'1+' * 22_000}1;",
    "nesting": f"SELECT {'f(' * 1_000}1{')' * 1_000};",
    "long name": f'CREATE TABLE "{"n" * 80}" (id INT PRIMARY KEY);',
    "other letters": 'CREATE TABLE Größe (id INT PRIMARY KEY, "Straße" INT, 名前 TEXT);',
    "bidi": "SELECT 1; -- \u202e x",
    "control": "SELECT 'a\x1b[31m\x07';",
}


@pytest.mark.parametrize("sql", FAULTY.values(), ids=FAULTY)
def test_what_nobody_can_read_is_shown_and_never_applied(sql: str) -> None:
    database = FakeDatabase([])
    checkout = FakeCheckout(history(INIT, migration("20260201000000_more", sql)))
    given = world(checkout, {"development": database}, environ=EVERYWHERE)

    assert check.run(given, asked=Asked(everything=True)) is ExitCode.FINDINGS
    with pytest.raises(UsageError, match=r"20260201000000_more, line [0-9]+, column [0-9]+: "):
        apply.run(given, "development")
    for read in (plan.run(given, "development"), status.run([given], ["development"])):
        assert isinstance(read, ExitCode)


@pytest.mark.parametrize(
    "sql",
    [
        pytest.param(sql, id=name, marks=[pytest.mark.slow] if name == "terms" else [])
        for name, sql in ODD.items()
    ],
)
def test_what_is_merely_odd_is_read_by_every_verb(sql: str) -> None:
    database = FakeDatabase([])
    checkout = FakeCheckout(history(INIT, migration("20260201000000_more", sql)))
    given = world(checkout, {"development": database}, environ=EVERYWHERE)

    for form in ("text", "json", "markdown"):
        assert check.run(given, asked=Asked(everything=True), form=form) in (
            ExitCode.FINE,
            ExitCode.FINDINGS,
        )
    assert plan.run(given, "development") is ExitCode.FINE
    assert apply.run(given, "development") is ExitCode.FINE
    assert isinstance(status.run([given], ["development"]), ExitCode)


def test_signs_that_command_a_terminal_never_reach_it(place: Place) -> None:
    done = place.check('DROP TABLE "a\x1b[31m"; DROP TABLE "b\u202e"; DROP TABLE "c\x07";')

    blocked(done, "file-encoding", "a control character (U+001B)")
    assert not {"\x1b", "\u202e", "\x07"} & set(done.said)
