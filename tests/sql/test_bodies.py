"""What is found inside bodies of PL/pgSQL, and what is said not to be understood."""

from bot.core.migrations.statement import Position
from bot.sql.bodies import Body, Steering, read_body
from bot.sql.conditions import Logic, Presence


def body(text: str) -> Body:
    return read_body(text, "plpgsql")


def inside(text: str) -> list[str]:
    return [each.statement.sql for each in body(text).statements]


def test_statements_stand_between_begin_and_end() -> None:
    assert inside("BEGIN DROP TABLE a; DELETE FROM b; END") == ["DROP TABLE a", "DELETE FROM b"]
    assert inside("BEGIN; ") == []
    assert inside("") == []


def test_the_idiom_of_a_caught_duplicate_is_one_statement() -> None:
    found = body(
        "BEGIN CREATE TYPE t AS ENUM ('a;b'); EXCEPTION WHEN duplicate_object THEN null; END"
    )
    assert [each.statement.kind for each in found.statements] == ["CREATE TYPE"]
    assert found.understood
    assert not found.statements[0].conditional


def test_what_depends_on_a_condition_is_marked() -> None:
    found = body(
        """
        DECLARE n int := 0;
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'x') THEN DROP TABLE a;
            ELSIF n = CASE WHEN true THEN 1 ELSE 2 END THEN DROP TABLE b;
            ELSE DROP TABLE c;
            END IF;
            DROP TABLE d;
        END
        """
    )
    marked = [(each.statement.sql, each.conditional) for each in found.statements]
    assert marked == [
        ("DROP TABLE a", True),
        ("DROP TABLE b", True),
        ("DROP TABLE c", True),
        ("DROP TABLE d", False),
    ]


def test_loops_cases_and_handlers_are_looked_into() -> None:
    text = """
    BEGIN
        FOR r IN SELECT id FROM a LOOP UPDATE a SET x = 1; END LOOP;
        <<outer>> WHILE n < 5 LOOP DELETE FROM b; EXIT outer WHEN n = 3; END LOOP outer;
        CASE n WHEN 1 THEN DELETE FROM c; ELSE NULL; END CASE;
    EXCEPTION WHEN others THEN DELETE FROM d;
    END
    """
    assert inside(text) == [
        "SELECT id FROM a",
        "UPDATE a SET x = 1",
        "DELETE FROM b",
        "DELETE FROM c",
        "DELETE FROM d",
    ]
    assert [each.conditional for each in body(text).statements] == [False, True, True, True, True]


def test_variables_are_no_part_of_the_statement() -> None:
    (found,) = inside("BEGIN SELECT a, b INTO STRICT x, y.z FROM t; END")
    assert found.split() == ["SELECT", "a,", "b", "FROM", "t"]
    (found,) = inside("BEGIN INSERT INTO t VALUES (1) RETURNING id INTO x; END")
    assert found == "INSERT INTO t VALUES (1) RETURNING id"
    assert inside("BEGIN WITH s AS (SELECT 1) INSERT INTO t SELECT * FROM s; END") == [
        "WITH s AS (SELECT 1) INSERT INTO t SELECT * FROM s"
    ]


def test_what_changes_nothing_is_put_aside() -> None:
    text = "BEGIN n := (SELECT 1); r.x = 5; RAISE NOTICE 'a;b'; GET DIAGNOSTICS n = ROW_COUNT; END"
    assert inside(text) == []
    assert body(text).understood


def test_perform_is_a_query() -> None:
    assert inside("BEGIN PERFORM setval('s', 5); END") == ["SELECT setval('s', 5)"]


def test_only_a_constant_text_can_be_executed_and_understood() -> None:
    assert inside("BEGIN EXECUTE 'DROP TABLE \"a\"'; END") == ['DROP TABLE "a"']
    assert inside("BEGIN EXECUTE $q$ COMMENT ON TABLE a IS 'x' $q$; END") == [
        "COMMENT ON TABLE a IS 'x'"
    ]
    for dynamic in ("format('DROP TABLE %I', x)", "'DROP TABLE ' || x", "x"):
        assert not body(f"BEGIN EXECUTE {dynamic}; END").understood


def test_what_is_not_sql_is_not_understood() -> None:
    assert not body("BEGIN DELETE FRO a; END").understood
    assert not read_body("print(1)", "plpython3u").understood
    assert not read_body("DELETE FRO a", "sql").understood
    assert read_body("DELETE FROM a", "sql").understood


def test_half_a_body_does_no_harm() -> None:
    for text in (
        "IF",
        "FOR",
        "CASE",
        "<<",
        "EXECUTE",
        "BEGIN IF x THEN",
        "END; END; (",
        "WITH into",
    ):
        assert isinstance(body(text), Body)


def test_a_statement_stands_where_it_is_written() -> None:
    text = "BEGIN\n  -- first\n  DROP TABLE a;\n\tPERFORM f(1);\n  EXECUTE '\nDROP TABLE b';\nEND"
    found = [each.statement for each in body(text).statements]
    assert [each.start for each in found] == [Position(3, 3), Position(4, 2), Position(6, 1)]
    assert found[0].end == Position(3, 14)


def test_each_branch_has_the_conditions_before_it() -> None:
    text = """
    BEGIN
        IF EXISTS (SELECT 1 FROM pg_class WHERE relname = 'a') THEN DROP TABLE a;
        ELSIF n = 1 THEN DROP TABLE b;
        ELSE DROP TABLE c;
        END IF;
    END
    """
    first, second, third = (each.guards for each in body(text).statements)
    there = Presence("RELATION", "a")
    assert [(each.condition, each.wanted) for each in first] == [(there, True)]
    assert [(each.condition, each.wanted) for each in second] == [(there, False), (None, True)]
    assert [(each.condition, each.wanted) for each in third] == [(there, False), (None, False)]
    assert first[0].number == second[0].number


def test_a_block_that_catches_guards_what_stands_in_it_and_its_handlers() -> None:
    text = """
    BEGIN
        BEGIN DROP TABLE a; EXCEPTION WHEN others THEN DROP TABLE b; END;
        DROP TABLE c;
    END
    """
    first, second, third = (each.guards for each in body(text).statements)
    assert [each.steering for each in first] == [Steering.CAUGHT]
    assert [each.steering for each in second] == [Steering.HANDLER]
    assert first[0].number == second[0].number
    assert third == ()


def test_a_value_matters_if_it_reads_a_table_or_calls_something() -> None:
    assert inside("BEGIN IF (SELECT count(*) FROM a) > 0 THEN NULL; END IF; END") == [
        "SELECT (SELECT count(*) FROM a) > 0"
    ]
    assert inside("DECLARE n int := mine(); BEGIN NULL; END") == ["SELECT mine()"]
    assert inside("BEGIN n := nextval('s'); RETURN lower('A'); END") == ["SELECT nextval('s')"]
    assert inside("BEGIN IF EXISTS (SELECT FROM pg_class) THEN NULL; END IF; END") == []


def test_a_negated_condition_is_kept_as_such() -> None:
    query = "SELECT FROM pg_type WHERE typname = 't'"
    text = f"BEGIN IF NOT EXISTS ({query}) THEN DROP TABLE a; END IF; END"
    ((guard,),) = (each.guards for each in body(text).statements)
    assert guard.condition == Logic("NOT", (Presence("TYPE", "t"),))
