"""When objects that are no relations were created, followed through a history."""

from bot.judge.catalogue.catalogue import Catalogue
from bot.judge.replay.births import key_of
from bot.judge.replay.replay import replay
from bot.sql.parse import parse
from bot.sql.read import actions_of


def births(*migrations: str) -> dict[tuple[str, str], int]:
    catalogue = Catalogue()
    for born, sql in enumerate(migrations):
        for statement in parse(sql).statements:
            replay(catalogue, actions_of(statement), born=born)
    return catalogue.births


FUNCTION = "CREATE OR REPLACE FUNCTION f() RETURNS INT LANGUAGE sql AS 'SELECT 1';"


def test_replacing_a_function_does_not_make_it_new() -> None:
    assert births(FUNCTION, FUNCTION) == {("FUNCTION", "public.f"): 0}


def test_dropping_and_creating_one_does() -> None:
    assert births(FUNCTION, "DROP FUNCTION f();" + FUNCTION) == {("FUNCTION", "public.f"): 1}


def test_a_procedure_and_a_function_are_of_one_family() -> None:
    procedure = "CREATE PROCEDURE f() LANGUAGE sql AS 'SELECT 1';"
    assert births(procedure, "DROP ROUTINE f();") == {}


def test_an_age_follows_a_rename_and_a_move() -> None:
    renamed = "ALTER FUNCTION f() RENAME TO g; ALTER FUNCTION g() SET SCHEMA s;"
    assert births(FUNCTION, renamed) == {("FUNCTION", "s.g"): 0}


def test_renaming_what_no_migration_created_makes_nothing_new() -> None:
    assert births("ALTER TYPE a RENAME TO b; ALTER SCHEMA c RENAME TO d;") == {}


def test_relations_are_left_to_the_catalogue() -> None:
    assert births("CREATE TABLE t (a INT); CREATE VIEW v AS SELECT 1; CREATE SEQUENCE s;") == {}


def test_a_trigger_is_known_by_its_table() -> None:
    trigger = "CREATE TRIGGER t BEFORE INSERT ON x EXECUTE FUNCTION f();"
    assert births(trigger) == {key_of("TRIGGER", "t", "public.x"): 0}
    assert births(trigger, "DROP TRIGGER t ON x;") == {}
