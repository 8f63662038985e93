"""The made-up histories of the benchmarks: the same for a seed, and as good as real ones."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from benchmarks.histories import FOLDER, make_history, write_history
from bot.adapters.checkout import Checkout
from bot.core.migrations.history import Change, History
from bot.judge.judge import judge
from bot.rules import RULES
from bot.sql.parse import parse

SMALL = 60
NOW = datetime(2030, 1, 1, tzinfo=UTC)


def test_the_same_seed_makes_the_same_history() -> None:
    assert make_history(SMALL, seed=5) == make_history(SMALL, seed=5)
    assert make_history(SMALL, seed=5) != make_history(SMALL, seed=6)


def test_a_shorter_history_is_the_beginning_of_a_longer_one() -> None:
    assert make_history(SMALL)[:10] == make_history(10)


def test_names_are_prismas_and_in_order() -> None:
    names = [each.name for each in make_history(800)]

    assert names == sorted(set(names))
    review = judge(Change(History(FOLDER, make_history(800), provider="postgresql"), NOW), RULES)
    assert [each for each in review.all_findings if each.rule.startswith("prisma-bad")] == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_applies_cleanly_file_by_file(database: str, seed: int) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        for each in make_history(SMALL, seed=seed):
            connection.execute(each.sql.encode())
        found = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()

    assert found is not None
    assert found[0] >= 12


def test_the_judge_reads_every_statement_of_a_long_one() -> None:
    scripts = [parse(each.sql) for each in make_history(800)]

    assert [each.fault for each in scripts if each.fault] == []
    assert all(each.statements for each in scripts)


def test_it_is_mixed_like_a_real_history() -> None:
    scripts = [parse(each.sql) for each in make_history(800)]
    kinds = Counter(each.kind for script in scripts for each in script.statements)

    assert {
        "ALTER TABLE", "CREATE TABLE", "CREATE INDEX", "CREATE TYPE", "ALTER TYPE", "UPDATE",
        "INSERT", "DROP INDEX", "DROP TABLE",
    } <= kinds.keys()  # fmt: skip
    assert 2.5 < kinds.total() / len(scripts) < 4


def test_written_to_disk_it_is_the_same_history(tmp_path: Path) -> None:
    made = make_history(10)

    folder = write_history(made, tmp_path)

    read = Checkout.find(str(folder), start=tmp_path, environ={}).history()
    assert read.provider == "postgresql"
    assert [(each.name, each.sql) for each in read.migrations] == [
        (each.name, each.sql) for each in made
    ]
