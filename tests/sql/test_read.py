"""Statements read into actions: every kind there is, and the details of those we use."""

from pathlib import Path

import pytest

from bot.core.migrations.statement import Statement
from bot.sql import actions as act
from bot.sql.parse import parse
from bot.sql.read import actions_of
from bot.sql.values import ConstraintKind, Type, Volatility

STATEMENTS = (Path(__file__).parent / "statements.txt").read_text().splitlines()


def actions(sql: str) -> list[act.Action]:
    script = parse(sql)
    assert script.fault is None, script.fault
    return [action for statement in script.statements for action in actions_of(statement)]


def column(definition: str) -> act.AddColumn:
    (action,) = actions(f"ALTER TABLE a ADD COLUMN c {definition}")
    assert isinstance(action, act.AddColumn)
    return action


@pytest.mark.parametrize("sql", STATEMENTS)
def test_every_kind_of_statement_is_read(sql: str) -> None:
    found = actions(sql)
    assert found
    assert not any(isinstance(each, act.Unread) for each in found)


def test_a_tree_of_another_shape_is_not_passed_over() -> None:
    (real,) = parse("DROP TABLE a").statements
    odd = Statement(0, real.sql, real.start, real.end, real.kind, real.node, tree={"objects": [{}]})
    assert actions_of(odd) == (act.Unread("DROP TABLE"),)


def test_one_alter_table_is_several_actions() -> None:
    found = actions(
        'ALTER TABLE "A" ADD COLUMN x INT NOT NULL DEFAULT 5, ALTER y SET NOT NULL, '
        "ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES s.b (id) ON DELETE CASCADE NOT VALID, "
        "VALIDATE CONSTRAINT z, DROP COLUMN IF EXISTS w CASCADE, SET (fillfactor = 5)"
    )
    assert [type(each).__name__ for each in found] == [
        "AddColumn", "SetNotNull", "AddConstraint", "ValidateConstraint", "DropColumn",
        "TableOption",
    ]  # fmt: skip
    assert {each.table for each in found if isinstance(each, act.TableAction)} == {"public.A"}
    key = found[2]
    assert isinstance(key, act.AddConstraint)
    assert key.constraint.kind is ConstraintKind.FOREIGN_KEY
    assert (key.constraint.references, key.constraint.on_delete) == ("s.b", "CASCADE")
    assert not key.constraint.validated
    assert found[4] == act.DropColumn("public.A", "w", if_exists=True, cascade=True)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("INTEGER", Type("int4")),
        ("VARCHAR(20)", Type("varchar", (20,))),
        ("CHARACTER VARYING", Type("varchar")),
        ("DECIMAL(10,2)", Type("numeric", (10, 2))),
        ("TIMESTAMP(3)", Type("timestamp", (3,))),
        ("TIMESTAMP WITH TIME ZONE", Type("timestamptz")),
        ("DOUBLE PRECISION", Type("float8")),
        ("TEXT[]", Type("text", dimensions=1)),
        ('"Role"', Type("public.Role")),
        ("auth.kind", Type("auth.kind")),
        ("BIGSERIAL", Type("int8", serial=True)),
        ("interval(3)", Type("interval", (3,))),
        ("citext", Type("public.citext")),
    ],
)
def test_types_are_named_as_the_catalogue_does(written: str, read: Type) -> None:
    assert column(written).column.type == read


def test_a_type_prints_as_it_would_be_written() -> None:
    assert str(Type("public.Role", dimensions=1)) == "Role[]"
    assert str(Type("numeric", (10, 2))) == "numeric(10,2)"


@pytest.mark.parametrize(
    ("default", "volatility"),
    [
        ("5", Volatility.IMMUTABLE),
        ("'{}'::jsonb", Volatility.IMMUTABLE),
        ("ARRAY[]::TEXT[]", Volatility.IMMUTABLE),
        ("lower('A') || 'b'", Volatility.IMMUTABLE),
        ("CURRENT_TIMESTAMP", Volatility.STABLE),
        ("now() + interval '1 day'", Volatility.STABLE),
        ("gen_random_uuid()", Volatility.VOLATILE),
        ("md5(random()::text)", Volatility.VOLATILE),
        ("clock_timestamp()", Volatility.VOLATILE),
        ("made_here()", Volatility.VOLATILE),
    ],
)
def test_a_default_is_as_volatile_as_its_functions(default: str, volatility: Volatility) -> None:
    found = column(f"TEXT DEFAULT {default}").column.default
    assert found is not None
    assert found.volatility is volatility


@pytest.mark.parametrize(
    ("sql", "action"),
    [
        ("DROP TRIGGER t ON s.a", act.DropObjects("TRIGGER", ("t",), relation="s.a")),
        ("DROP SCHEMA s", act.DropObjects("SCHEMA", ("s",))),
        ("DROP TYPE a.b", act.DropObjects("TYPE", ("a.b",))),
        ("DROP FUNCTION f(int)", act.DropObjects("FUNCTION", ("public.f",))),
        ("ALTER TABLE a RENAME TO b", act.Rename("TABLE", "public.a", "public.b")),
        ("ALTER TABLE s.a RENAME b TO c", act.Rename("COLUMN", "b", "c", "s.a")),
        ("ALTER SCHEMA a RENAME TO b", act.Rename("SCHEMA", "a", "b")),
        ("ALTER TYPE a RENAME TO b", act.Rename("TYPE", "public.a", "public.b")),
        ("ALTER TYPE a ADD VALUE 'x'", act.AddEnumValue("public.a", "x")),
        ("ALTER TYPE a RENAME VALUE 'x' TO 'y'", act.RenameEnumValue("public.a", "x", "y")),
        ("ALTER TABLE a SET SCHEMA s", act.SetSchema("TABLE", "public.a", "s")),
        ("COMMENT ON COLUMN s.a.b IS 'x'", act.CommentOn("COLUMN", "s.a", part="b", text="x")),
        ("SET LOCAL lock_timeout = '2s'", act.SetVariable("lock_timeout", "2s", local=True)),
        ("RESET ALL", act.SetVariable("all", reset=True)),
        ("START TRANSACTION", act.Transaction("BEGIN")),
        ("END", act.Transaction("COMMIT")),
        ("CREATE USER u PASSWORD 'x'", act.Role("u", secret=True)),
        ("CREATE ROLE r NOLOGIN", act.Role("r")),
        ("DO $$ x $$ LANGUAGE plperl", act.RunBlock(" x ", "plperl")),
        ("TRUNCATE a, s.b CASCADE", act.Truncate(("public.a", "s.b"), cascade=True)),
        ("VACUUM (FULL) a", act.Vacuum(("public.a",), full=True)),
        ("REINDEX (CONCURRENTLY) TABLE a", act.Reindex("TABLE", "public.a", concurrently=True)),
        (
            "REFRESH MATERIALIZED VIEW v WITH NO DATA",
            act.RefreshView("public.v", with_data=False),
        ),
    ],
)
def test_a_statement_is_one_action(sql: str, action: act.Action) -> None:
    assert actions(sql) == [action]


def test_a_temporary_table_is_named_as_later_statements_name_it() -> None:
    for sql in ("CREATE TEMP TABLE a (b INT)", "CREATE TEMP TABLE a AS SELECT 1"):
        (action,) = actions(sql)
        assert isinstance(action, act.CreateTable)
        assert (action.table, action.temporary) == ("public.a", True)


def test_queries_say_what_they_read_without_their_own_names() -> None:
    (update,) = actions(
        "WITH w AS (SELECT * FROM r) UPDATE t SET a = 1 FROM w, s WHERE t.id = s.id"
    )
    assert isinstance(update, act.Update)
    assert (update.table, update.reads) == ("public.t", ("public.s", "public.r"))


def test_changes_inside_with_are_actions_too() -> None:
    found = actions("WITH gone AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM gone")
    assert [type(each) for each in found] == [act.Insert, act.Delete]
    assert isinstance(found[1], act.Delete)
    assert not found[1].bounded


@pytest.mark.parametrize(
    ("where", "bounded"),
    [
        ("", False),
        ("WHERE true", False),
        ("WHERE 1 = 1", False),
        ("WHERE 1 = 1 AND (b > 5 OR true)", False),
        ("WHERE NOT false", False),
        ("WHERE 'a' = 'a'", False),
        ("WHERE 2 > 1", False),
        ("WHERE NULL IS NULL", False),
        ("WHERE 1 IS NOT NULL", False),
        ("WHERE b > 5 OR NULL IS NULL", False),
        ("WHERE NULL IS NOT NULL", True),
        ("WHERE b IS NULL", True),
        ("WHERE b", True),
        ("WHERE b > 5", True),
        ("WHERE 1 = 1 AND b > 5", True),
        ("WHERE b OR NOT c", True),
        ("WHERE false", True),
        ("WHERE b IN (SELECT 1 WHERE true)", True),
        ("WHERE b = 1 OR c = 2", True),
    ],
)
def test_a_condition_that_always_holds_is_none(where: str, bounded: bool) -> None:
    (action,) = actions(f"DELETE FROM a {where}")
    assert isinstance(action, act.Delete)
    assert action.bounded is bounded


def test_a_very_deep_condition_is_taken_for_a_real_one() -> None:
    (action,) = actions("DELETE FROM a WHERE " + "NOT " * 3000 + "true")
    assert isinstance(action, act.Delete)
    assert action.bounded


@pytest.mark.parametrize(
    ("sql", "kind", "name"),
    [
        ("CREATE TYPE s.c AS (a INT)", "TYPE", "s.c"),
        ("CREATE TYPE r AS RANGE (SUBTYPE = float8)", "TYPE", "public.r"),
        ("CREATE AGGREGATE s.sums(INT) (SFUNC = f, STYPE = INT)", "AGGREGATE", "s.sums"),
        ("CREATE CAST (INT AS TEXT) WITH INOUT", "CAST", "integer AS text"),
        ("CREATE PUBLICATION p FOR ALL TABLES", "PUBLICATION", "p"),
    ],
)
def test_an_object_is_known_by_its_name_alone(sql: str, kind: str, name: str) -> None:
    assert actions(sql) == [act.CreateObject(kind, name)]


def test_a_cast_is_dropped_by_the_name_it_was_created_by() -> None:
    assert actions("DROP CAST (INT AS TEXT)") == [act.DropObjects("CAST", ("integer AS text",))]


def test_settings_are_read_as_text() -> None:
    (sequence,) = actions("ALTER SEQUENCE s RESTART WITH 5 NO CYCLE OWNED BY t.c")
    assert sequence == act.AlterSequence(
        "public.s", (("restart", "5"), ("cycle", "false"), ("owned_by", "t.c"))
    )
    (option,) = actions("ALTER TABLE t SET (fillfactor = 70, toast.autovacuum_enabled = off)")
    assert option == act.TableOption(
        "public.t",
        "AT_SetRelOptions",
        settings=(("fillfactor", "70"), ("toast.autovacuum_enabled", "off")),
    )


def test_a_vacuum_whose_full_is_switched_off_is_not_full() -> None:
    assert actions("VACUUM (FULL off) t") == [act.Vacuum(("public.t",))]
    assert actions("VACUUM (FULL) t") == [act.Vacuum(("public.t",), full=True)]


def test_a_view_knows_the_columns_it_uses() -> None:
    (view,) = actions("CREATE VIEW v AS SELECT u.a, lower(b) FROM t u WHERE c > 0")
    assert isinstance(view, act.CreateView)
    assert view.columns == ("a", "b", "c")
    (whole,) = actions("CREATE MATERIALIZED VIEW v AS SELECT u.* FROM t u")
    assert isinstance(whole, act.CreateView)
    assert whole.columns == ("*",)


def test_what_follows_a_constraint_beside_a_column_belongs_to_it() -> None:
    (check, key) = column(
        "INT CHECK (c > 0) NOT ENFORCED REFERENCES b DEFERRABLE INITIALLY DEFERRED"
    ).column.constraints
    assert (check.enforced, check.deferrable) == (False, False)
    assert (key.enforced, key.deferrable) == (True, True)


def test_a_column_says_what_it_is_worked_out_from_and_whether_it_was_filled() -> None:
    assert column("INT GENERATED ALWAYS AS (a + b) STORED").column.computed_from == ("a", "b")
    assert column("INT DEFAULT 1").column.filled
    assert not column("INT DEFAULT NULL").column.filled


def test_a_view_says_which_columns_it_uses() -> None:
    (view,) = actions("CREATE VIEW v AS SELECT a, t.* FROM t WHERE b > 0")
    assert isinstance(view, act.CreateView)
    assert set(view.columns) == {"a", "b", "*"}


def test_an_identity_says_when_it_gives_a_number() -> None:
    found = actions(
        "ALTER TABLE t ALTER a ADD GENERATED BY DEFAULT AS IDENTITY, "
        "ALTER b SET GENERATED ALWAYS RESTART WITH 4, ALTER c RESTART WITH 4"
    )
    assert [each.value for each in found if isinstance(each, act.TableOption)] == [
        "BY DEFAULT", "ALWAYS", "",
    ]  # fmt: skip


def test_an_index_is_read_with_order_collation_and_parameters() -> None:
    (index,) = actions(
        'CREATE INDEX i ON a USING hnsw (b DESC, c COLLATE "C" NULLS FIRST, d DESC NULLS FIRST) '
        "INCLUDE (e) WITH (m = 16)"
    )
    assert isinstance(index, act.CreateIndex)
    assert [each.ordering for each in index.columns] == ["DESC", "NULLS FIRST", "DESC"]
    assert [each.collation for each in index.columns] == ["", "C", ""]
    assert (index.includes, index.options) == (("e",), ("m",))


@pytest.mark.parametrize(
    ("change", "deferrable", "enforced"),
    [
        ("DEFERRABLE INITIALLY DEFERRED", True, None),
        ("NOT DEFERRABLE", False, None),
        ("NOT ENFORCED", None, False),
        ("ENFORCED", None, True),
        ("NO INHERIT", None, None),
    ],
)
def test_a_changed_constraint_says_what_changes(
    change: str, deferrable: bool | None, enforced: bool | None
) -> None:
    found = actions(f"ALTER TABLE t ALTER CONSTRAINT c {change};")
    assert found == [act.AlterConstraint("public.t", "c", deferrable, enforced)]


def test_a_partitioned_table_has_the_columns_of_its_key() -> None:
    (found,) = actions("CREATE TABLE t (a INT, b TEXT) PARTITION BY RANGE (a, lower(b));")
    assert isinstance(found, act.CreateTable)
    assert found.partition_key == ("a",)


def test_an_expression_has_the_keywords_that_ask_the_session() -> None:
    added = column("DATE DEFAULT CURRENT_DATE").column
    assert added.default is not None
    assert added.default.keywords == ("CURRENT_DATE",)


@pytest.mark.parametrize(
    ("written", "deferrable", "enforced"),
    [
        ("REFERENCES p DEFERRABLE", True, True),
        ("REFERENCES p INITIALLY DEFERRED", True, True),
        ("REFERENCES p NOT DEFERRABLE", False, True),
        ("REFERENCES p NOT ENFORCED", False, False),
        ("CHECK (c > 0) NOT ENFORCED", False, False),
    ],
)
def test_what_stands_behind_a_columns_constraint_belongs_to_it(
    written: str, deferrable: bool, enforced: bool
) -> None:
    (constraint,) = column(f"INT {written}").column.constraints
    assert (constraint.deferrable, constraint.enforced) == (deferrable, enforced)
