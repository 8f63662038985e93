"""What is found inside bodies of PL/pgSQL, and what is said not to be understood."""

from bot.sql.bodies import Body, read_body


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
    assert all(each.conditional for each in body(text).statements)


def test_variables_are_no_part_of_the_statement() -> None:
    assert inside("BEGIN SELECT a, b INTO STRICT x, y.z FROM t; END") == ["SELECT a, b FROM t"]
    assert inside("BEGIN INSERT INTO t VALUES (1) RETURNING id INTO x; END") == [
        "INSERT INTO t VALUES (1) RETURNING id"
    ]
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
