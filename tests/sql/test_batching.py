"""Reading the comment that asks for batches, and cutting the statement below it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.rollouts.batching import Batching, Key, KeyColumn, literal
from bot.sql.batching import batched_in, read_batches
from bot.sql.parse import parse

KEY = Key((KeyColumn("id", "bigint"),))
DELETE = "DELETE FROM t"


def problems(text: str) -> list[tuple[int, str]]:
    return [
        (each.position.line, each.message)
        for each in read_batches(text, parse(text).statements)[1]
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "batching"),
    [
        ("", Batching(1000, 0, None)),
        ("size=1", Batching(1, 0, None)),
        ("size=100000 pause=250ms", Batching(100_000, 250, None)),
        ("pause=2s max_lag=1min", Batching(1000, 2_000, 60_000)),
    ],
)
@pytest.mark.parametrize("form", ["-- migration-bot: batch {}", "/* Migration-Bot: BATCH {} */"])
def test_a_comment_says_how_the_statement_below_is_batched(
    form: str, words: str, batching: Batching
) -> None:
    text = f"SELECT 1;\n{form.format(words)}\n-- and why\n{DELETE};"

    found, mistakes = read_batches(text, parse(text).statements)

    assert mistakes == ()
    assert {index: each.batching for index, each in found.items()} == {1: batching}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("size=0", "“size=0” is no number of rows from 1 to 100,000."),
        ("size=100001", "“size=100001” is no number"),
        ("size=5k", "“size=5k” is no number"),
        ("pause=100", "“pause=100” is no time: write it as pause=100ms or pause=2s."),
        ("max_lag=-1s", "“max_lag=-1s” is no time"),
        ("rows=5", "“rows=5” says nothing about batches"),
        ("size = 5", "“size” says nothing about batches"),
        ("size=5 size=6", "“size” stands there twice."),
        ("because it is large", "“because” says nothing about batches"),
    ],
)
def test_a_mistake_in_the_comment_is_told_with_its_line(words: str, said: str) -> None:
    ((line, message),) = problems(f"SELECT 1;\n-- migration-bot: batch {words}\n{DELETE}")
    assert line == 2
    assert message.startswith(said)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("CREATE INDEX i ON t (a)", "CREATE INDEX cannot run in batches"),
        ("INSERT INTO t SELECT * FROM u", "INSERT cannot run in batches"),
        ("WITH u AS (SELECT 1) DELETE FROM t", "It has WITH"),
        ("DELETE FROM t RETURNING id", "It has RETURNING"),
        ("DELETE FROM t WHERE CURRENT OF c", "It changes the row of a cursor"),
        ("DELETE FROM t WHERE id IN (SELECT max(id) FROM t)", 'It reads "t" besides'),
        ("UPDATE t SET a = (SELECT max(a) FROM public.t)", 'It reads "t" besides'),
        ("UPDATE t SET a = 1 FROM t AS u WHERE u.id > t.id", 'It reads "t" besides'),
        ("DELETE FROM t USING u TABLESAMPLE SYSTEM (5) WHERE u.id = t.id", "It reads a random"),
        ("DELETE FROM t WHERE random() < 0.5", "It chooses its rows by random()"),
        ("DELETE FROM t WHERE id = $1", "It has a parameter ($1)"),
    ],
)
def test_a_statement_that_cannot_be_batched_is_told(sql: str, said: str) -> None:
    ((line, message),) = problems(f"-- migration-bot: batch\n{sql}")
    assert line == 1
    assert message.startswith(said)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("BEGIN;", "Batches commit one by one"),
        ("SET search_path = shop;", "search_path is set above"),
        ("SET ROLE owner;", "role is set above"),
        (
            "SELECT pg_catalog.set_config('search_path', 'x', false);",
            "set_config() is called above",
        ),
    ],
)
def test_what_stands_before_it_may_forbid_batches(before: str, said: str) -> None:
    ((_, message),) = problems(f"{before}\n-- migration-bot: batch\n{DELETE}")
    assert message.startswith(said)


def test_what_is_harmless_before_it_does_not() -> None:
    before = "SET lock_timeout = '1s'; SET LOCAL search_path = x; BEGIN; COMMIT;"
    assert problems(f"{before}\n-- migration-bot: batch\n{DELETE}") == []


def test_a_comment_without_a_statement_and_a_second_comment_are_told() -> None:
    assert problems(f"{DELETE};\n-- migration-bot: batch") == [
        (2, "No statement stands below the comment that asks for batches.")
    ]
    twice = f"-- migration-bot: batch size=1\n-- migration-bot: batch\n{DELETE}"
    assert problems(twice) == [(2, "Two comments say how this statement is batched.")]
    assert batched_in(twice, parse(twice).statements) == {0}


@pytest.mark.parametrize(
    ("sql", "batch"),
    [
        (DELETE, 'DELETE FROM t\nWHERE true AND ("t"."id") <= (E\'9\'::bigint)'),
        (
            "UPDATE ONLY s.t AS u SET a = b IS DISTINCT FROM c FROM v WHERE v.id = u.id -- so",
            "UPDATE ONLY s.t AS u SET a = b IS DISTINCT FROM c FROM v\n"
            'WHERE (v.id = u.id\n) AND ("u"."id") <= (E\'9\'::bigint)',
        ),
        (
            "UPDATE set SET a = (SELECT 1 WHERE true) WHERE a = 1 OR b = 'where'",
            "UPDATE set SET a = (SELECT 1 WHERE true)\n"
            "WHERE (a = 1 OR b = 'where'\n) AND (\"set\".\"id\") <= (E'9'::bigint)",
        ),
        (
            'DELETE FROM t AS set USING u JOIN v USING (id) WHERE u."where" = set.using',
            "DELETE FROM t AS set USING u JOIN v USING (id)\n"
            'WHERE (u."where" = set.using\n) AND ("set"."id") <= (E\'9\'::bigint)',
        ),
    ],
)
def test_a_batch_is_the_authors_own_text_with_a_stretch_of_the_key(sql: str, batch: str) -> None:
    text = f"-- migration-bot: batch\n{sql}"
    found, mistakes = read_batches(text, parse(text).statements)
    assert mistakes == ()
    assert found[0].change.batch(KEY, None, ("9",)) == batch


@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_value_of_a_key_stays_one_constant(value: str) -> None:
    (statement,) = parse(f"SELECT {literal(value)}").statements
    constant = statement.tree["targetList"][0]["ResTarget"]["val"]["A_Const"]["sval"]
    assert constant.get("sval", "") == value
