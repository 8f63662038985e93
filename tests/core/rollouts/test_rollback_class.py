"""How migrations can be taken back: from what they do, and what was proved of it."""

from dataclasses import replace

import pytest

from bot.core.findings.review import JudgedMigration
from bot.core.kept.loss import Losing, Loss
from bot.core.rehearsals.proofs import DownProof
from bot.core.rehearsals.refusal import Refusal, Stop
from bot.core.rehearsals.rehearsal import RehearsedMigration
from bot.core.rollouts.rollback_class import RollbackWay, class_of, lost_by, writes_rows
from bot.core.schemas.schema import Change, Differences
from bot.report.rollback_words import rollback_sentence
from tests import judging

NAME = "20260201000000_more"
BASE = "CREATE TABLE a (id int PRIMARY KEY, n int, old text); CREATE TABLE b (id int PRIMARY KEY);"
BASE += "CREATE SEQUENCE numbers;"
BASE += "CREATE FUNCTION fill() RETURNS void LANGUAGE sql AS 'UPDATE a SET n = 1';"
CHANGED = Differences(added=(Change("column", "public.a.m", after=()),))
PROVED = DownProof()
DRAFTED = DownProof(drafted=True)


def judged(sql: str) -> JudgedMigration:
    return judging.judged(sql, before=[BASE])


def way(
    sql: str,
    proof: DownProof | None = PROVED,
    changes: Differences = CHANGED,
    kept: tuple[Loss, ...] = (),
) -> RollbackWay:
    rehearsed = RehearsedMigration(NAME, down=proof, changes=changes)
    return class_of(judged(sql), rehearsed, kept=kept).way


def test_what_changes_neither_structure_nor_rows_has_nothing_to_take_back() -> None:
    comment = Differences(added=(Change("comment", "table public.a", after=()),))

    assert way("ANALYZE a;", None, Differences()) is RollbackWay.NOTHING
    assert way("COMMENT ON TABLE a IS 'x';", DRAFTED, comment) is RollbackWay.NOTHING


def test_what_was_seen_to_lead_back_is_reversible() -> None:
    assert way("ALTER TABLE a ADD COLUMN m int;") is RollbackWay.REVERSIBLE
    assert way("ALTER TABLE a ADD COLUMN m int;", DRAFTED) is RollbackWay.REVERSIBLE


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE b;",
        "ALTER TABLE a DROP COLUMN old;",
        "TRUNCATE b;",
        "DELETE FROM b WHERE id = 1;",
    ],
)
def test_what_deletes_rows_is_for_a_restore_also_with_a_script(sql: str) -> None:
    assert way(sql) is RollbackWay.RESTORE
    assert way(sql, None) is RollbackWay.RESTORE


def test_what_is_kept_comes_back() -> None:
    assert lost_by(judged("ALTER TABLE a DROP COLUMN old;")) == ("public.a.old",)
    dropped, updated = Loss(0, 1, Losing.COLUMNS), Loss(0, 1, Losing.UPDATED)
    assert way("ALTER TABLE a DROP COLUMN old;", kept=(dropped,)) is RollbackWay.KEPT
    assert way("UPDATE a SET n = 1;", DRAFTED, kept=(updated,)) is RollbackWay.KEPT
    both = "UPDATE a SET n = 1; INSERT INTO b VALUES (1);"
    assert way(both, DRAFTED, kept=(updated,)) is RollbackWay.RESTORE


def test_what_it_has_made_itself_it_may_drop() -> None:
    assert lost_by(judged("CREATE TABLE c (id int); DROP TABLE c;")) == ()


def test_what_is_made_anew_under_the_same_name_brings_no_rows_back() -> None:
    anew = "DROP TABLE b; CREATE TABLE b (id int PRIMARY KEY);"

    assert lost_by(judged(anew)) == ("public.b",)
    assert way(anew, DRAFTED, Differences()) is RollbackWay.RESTORE
    moved = "CREATE TABLE c (); ALTER TABLE c RENAME TO d; ALTER TABLE b RENAME TO c; DROP TABLE c;"
    assert lost_by(judged(moved)) == ("public.c",)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE a SET n = 1;",
        "INSERT INTO b VALUES (1);",
        "DO $$ BEGIN UPDATE a SET n = 1; END $$;",
        "WITH x AS (UPDATE a SET n = 1 RETURNING id) SELECT count(*) FROM x;",
        "SELECT fill();",
        "SELECT setval('numbers', 5);",
    ],
)
def test_a_draft_knows_nothing_of_rows(sql: str) -> None:
    assert writes_rows(judged(sql))
    assert way(sql, DRAFTED, Differences()) is RollbackWay.RESTORE
    assert way(sql, PROVED, Differences()) is RollbackWay.REVERSIBLE


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE a ADD COLUMN m int; UPDATE a SET m = n;",
        "CREATE TABLE c (id int); INSERT INTO c VALUES (1);",
        "ALTER TABLE a ADD COLUMN m int;",
    ],
)
def test_rows_of_what_is_new_go_with_it(sql: str) -> None:
    assert not writes_rows(judged(sql))
    assert way(sql, DRAFTED) is RollbackWay.REVERSIBLE


def test_other_rows_after_up_and_down_are_no_way_back() -> None:
    differing = replace(PROVED, differing=("public.a",))

    assert way("UPDATE a SET n = 1;", differing) is RollbackWay.RESTORE


def test_another_order_of_columns_is_told_and_no_fault() -> None:
    rehearsed = RehearsedMigration(NAME, down=DownProof(moved=("public.a",)), changes=CHANGED)
    found = class_of(judged("ALTER TABLE a ADD COLUMN m int;"), rehearsed)

    assert (found.way, found.moved) == (RollbackWay.REVERSIBLE, ("public.a",))
    assert "as before but for the order of the columns of a, and up" in rollback_sentence(found)


def test_a_script_that_does_not_lead_back_says_why() -> None:
    wrong = DownProof(refused=Refusal(Stop.REFUSED, "no such table"), drafted=True)
    found = class_of(
        judged("ALTER TABLE a ADD COLUMN m int;"),
        RehearsedMigration(NAME, down=wrong, changes=CHANGED),
    )

    assert (found.way, found.fault) == (RollbackWay.RESTORE, "no such table")


def test_what_nobody_has_run_is_not_proved() -> None:
    found = class_of(judged("ALTER TABLE a ADD COLUMN m int;"), None)

    assert found.way is RollbackWay.UNPROVED


def test_the_release_before_is_always_told_of() -> None:
    rename = class_of(judged("ALTER TABLE a RENAME COLUMN n TO m;"), None)
    add = class_of(judged("ALTER TABLE a ADD COLUMN m int;"), None)

    assert not rename.works_before
    assert rename.breaks == ("public.a.n",)
    assert add.works_before
