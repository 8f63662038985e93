"""Code of DO blocks and functions in effects and in the catalogue."""

from bot.core.migrations.effects import Effects, Lock, LockMode
from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.effects.effects import effects_of
from bot.judge.replay.replay import replay
from bot.sql.parse import parse
from bot.sql.read import actions_of
from tests.judging import judged, names

TABLES = "CREATE TABLE a (id INT PRIMARY KEY, x INT); CREATE TABLE b (id INT, a_id INT);"
KEY = """DO $$ BEGIN
    ALTER TABLE b ADD CONSTRAINT key FOREIGN KEY (a_id) REFERENCES a (id);
EXCEPTION WHEN duplicate_object THEN null; END $$"""


def built(*scripts: str) -> Catalogue:
    catalogue = Catalogue()
    for place, script in enumerate(scripts):
        for statement in parse(script).statements:
            replay(catalogue, actions_of(statement), born=place)
    return catalogue


def effects(sql: str, *before: str) -> Effects:
    (statement,) = parse(sql).statements
    return effects_of(actions_of(statement), built(*before), fresh_from=len(before))


def test_a_block_does_what_stands_in_it() -> None:
    found = effects(KEY, TABLES)
    mode = LockMode.SHARE_ROW_EXCLUSIVE
    assert found.locks == (Lock("public.a", mode), Lock("public.b", mode))
    assert found.scans == ("public.b",)
    assert found.understood
    assert not found.conditional


def test_a_block_that_finds_its_work_done_does_nothing() -> None:
    assert effects(KEY, TABLES, KEY).locks == ()


def test_a_block_changes_the_catalogue() -> None:
    assert "key" in built(TABLES, KEY).tables["public.b"].constraints
    kind = "DO $$ BEGIN CREATE TYPE mood AS ENUM ('a'); EXCEPTION WHEN others THEN null; END $$"
    again = kind.replace("'a'", "'b'")
    assert built(kind, again).enums["public.mood"].values == ("a",)
    assert built(kind, again).enums["public.mood"].born == 0


def test_what_a_condition_decides_is_said() -> None:
    sql = "DO $$ BEGIN IF {} THEN DROP TABLE a; ELSE DELETE FROM b; END IF; END $$"
    found = effects(sql.format("exists (SELECT 1 FROM b)"), TABLES)
    assert found.loses == ("public.a", "public.b")
    assert found.conditional
    assert effects(sql.format("true"), TABLES).loses == ("public.a",)
    assert not effects(sql.format("true"), TABLES).conditional


def test_only_the_branch_that_the_schema_takes_acts() -> None:
    sql = """DO $$ BEGIN
        IF EXISTS (SELECT 1 FROM information_schema.columns
                   WHERE table_name = 'a' AND column_name = '{}') THEN
            ALTER TABLE a DROP COLUMN x;
        ELSE
            ALTER TABLE b DROP COLUMN a_id;
        END IF;
    END $$"""
    assert effects(sql.format("x"), TABLES).loses == ("public.a.x",)
    assert effects(sql.format("y"), TABLES).loses == ("public.b.a_id",)
    assert not effects(sql.format("y"), TABLES).conditional
    assert "x" not in built(TABLES, sql.format("x")).tables["public.a"].columns
    assert "x" in built(TABLES, sql.format("y")).tables["public.a"].columns


def test_a_condition_is_asked_when_its_turn_comes() -> None:
    sql = """DO $$ BEGIN
        IF NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'c') THEN
            CREATE TABLE c (id INT); ALTER TABLE a DROP COLUMN x;
        END IF;
        IF NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'c') THEN DROP TABLE b; END IF;
    END $$"""
    assert effects(sql, TABLES).loses == ("public.a.x",)


def test_an_error_ends_the_block_that_catches_it() -> None:
    sql = """DO $$ BEGIN
        BEGIN
            CREATE TYPE mood AS ENUM ('a');
            ALTER TABLE a DROP COLUMN x;
        EXCEPTION WHEN duplicate_object THEN DELETE FROM b;
        END;
        ALTER TABLE b DROP COLUMN a_id;
    END $$"""
    known = "CREATE TYPE mood AS ENUM ('b');"
    assert effects(sql, TABLES).loses == ("public.a.x", "public.b.a_id")
    assert effects(sql, TABLES, known).loses == ("public.b", "public.b.a_id")


def test_what_a_block_makes_itself_is_left_out() -> None:
    sql = "DO $$ BEGIN CREATE TABLE c (id INT); CREATE INDEX i ON c (id); DROP TABLE c; END $$"
    assert effects(sql, TABLES) == Effects()


def test_dynamic_sql_is_not_understood() -> None:
    assert not effects("DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'a'); END $$").understood
    assert effects("DO $$ BEGIN EXECUTE 'DROP TABLE a'; END $$", TABLES).loses == ("public.a",)


def test_a_function_acts_when_it_is_called() -> None:
    function = """CREATE FUNCTION clean() RETURNS void LANGUAGE plpgsql AS
        $$ BEGIN ALTER TABLE a DROP COLUMN x; END $$"""
    assert effects(function, TABLES) == Effects()
    assert effects("SELECT clean()", TABLES, function).loses == ("public.a.x",)
    assert "x" not in built(TABLES, function, "SELECT clean()").tables["public.a"].columns
    assert "x" in built(TABLES, function).tables["public.a"].columns


def test_a_procedure_is_known_by_its_body() -> None:
    procedure = "CREATE PROCEDURE clean() LANGUAGE sql AS 'DELETE FROM a'"
    assert effects("CALL clean()", TABLES, procedure).loses == ("public.a",)
    assert effects("CALL clean()", TABLES, procedure).understood
    assert not effects("CALL clean()", TABLES).understood


def test_a_function_that_calls_itself_comes_to_an_end() -> None:
    function = """CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS
        $$ BEGIN PERFORM f(); DELETE FROM a; END $$"""
    assert effects("SELECT f()", TABLES, function).loses == ("public.a",)


def test_what_no_migration_created_is_dropped_inside_code_as_outside() -> None:
    found = judged('DO $$ BEGIN DROP TABLE "Old"; END $$;')
    caught = judged(
        'DO $$ BEGIN DROP TABLE "Old"; EXCEPTION WHEN undefined_table THEN NULL; END $$;'
    )

    assert found.statements[0].effects.loses == ("public.Old",)
    assert "table-dropped" in names(found)
    assert caught.statements[0].effects.loses == ()
