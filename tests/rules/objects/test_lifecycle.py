"""What counts as new, as replaced and as coming back, for objects of every kind."""

import pytest

from tests.judging import judged, names


def found(*added: str, before: str = "") -> list[str]:
    return names(judged(*added, before=(before,) if before else ()))


@pytest.mark.parametrize(
    ("create", "drop", "rule"),
    [
        ("CREATE SCHEMA s;", "DROP SCHEMA s;", "schema-dropped"),
        ("CREATE VIEW v AS SELECT 1 AS a;", "DROP VIEW v;", "view-dropped"),
        ("CREATE TYPE c AS (a INT);", "DROP TYPE c;", "type-dropped"),
        ("CREATE TYPE r AS RANGE (SUBTYPE = float8);", "DROP TYPE r;", "type-dropped"),
        ("CREATE DOMAIN d AS TEXT;", "DROP DOMAIN d;", "domain-dropped"),
        ("CREATE SEQUENCE s;", "DROP SEQUENCE s;", "sequence-dropped"),
        (
            "CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1';",
            "DROP PROCEDURE p();",
            "function-dropped",
        ),
        (
            "CREATE OPERATOR === (LEFTARG = INT, RIGHTARG = INT, FUNCTION = int4eq);",
            "DROP OPERATOR === (INT, INT);",
            "function-dropped",
        ),
        ("CREATE CAST (INT AS BOX) WITH INOUT;", "DROP CAST (INT AS BOX);", "function-dropped"),
    ],
)
def test_a_drop_is_found_once_what_it_drops_is_merged(create: str, drop: str, rule: str) -> None:
    assert found(drop, before=create).count(rule) == 1
    assert rule not in found(create + drop)
    assert rule not in found(create, drop), "both in one pull request"
    assert rule not in found(drop + create, before=create), "created again"


def test_each_of_several_dropped_objects_is_found() -> None:
    assert found("DROP VIEW a, b;").count("view-dropped") == 2


def test_what_was_renamed_in_the_pull_request_is_still_new() -> None:
    assert "type-dropped" not in found(
        "CREATE TYPE e AS ENUM ('a'); ALTER TYPE e RENAME TO f;", "DROP TYPE f;"
    )


def test_what_was_renamed_but_older_is_not_new() -> None:
    enum = "CREATE TYPE e AS ENUM ('a');"
    assert "type-dropped" in found("ALTER TYPE e RENAME TO f;", "DROP TYPE f;", before=enum)


def test_a_type_renamed_aside_with_nothing_in_its_place_is_found() -> None:
    enum = "CREATE TYPE e AS ENUM ('a');"
    assert "type-dropped" in found("ALTER TYPE e RENAME TO f; DROP TYPE f;", before=enum)


def test_an_object_dropped_and_created_again_later_is_new_from_then_on() -> None:
    view = "CREATE VIEW v AS SELECT 1 AS a;"
    assert "view-dropped" not in found(f"DROP VIEW v; {view} DROP VIEW v; {view}", before=view)


def test_what_moved_to_another_schema_keeps_its_age() -> None:
    function = "CREATE FUNCTION f() RETURNS INT LANGUAGE sql AS 'SELECT 1';"
    moved = "ALTER FUNCTION f() SET SCHEMA s;"
    assert "function-dropped" in found(moved, "DROP FUNCTION s.f();", before=function)
    assert "function-dropped" not in found(function + moved + "DROP FUNCTION s.f();")
