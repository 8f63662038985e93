"""Odd cases of the rules about constraints."""

import pytest

from bot.core.findings.finding import Severity
from tests.judging import judged, names

USER = 'CREATE TABLE "User" ("id" TEXT NOT NULL, CONSTRAINT "User_pkey" PRIMARY KEY ("id"));'
ORDER = 'CREATE TABLE "Order" ("id" TEXT NOT NULL, "userId" TEXT, "total" INT);'
KEY = (
    'ALTER TABLE "Order" ADD CONSTRAINT "Order_userId_fkey" '
    'FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT'
)
BEFORE = (USER + ORDER,)


def count(rule: str, *added: str, before: tuple[str, ...] = BEFORE, **options: object) -> int:
    return names(judged(*added, before=before, **options)).count(rule)


# fk-locks-referenced, fk-drop-locks-referenced


@pytest.mark.parametrize(
    ("limit", "found"),
    [
        ("SET lock_timeout = '2s';", 0),
        ("SET lock_timeout = 500;", 0),
        ("SET LOCAL lock_timeout = '2s';", 0),
        ("SET lock_timeout = 0;", 1),
        ("SET lock_timeout = '0ms';", 1),
        ("SET lock_timeout = DEFAULT;", 1),
        ("SET lock_timeout = '2s'; RESET lock_timeout;", 1),
        ("SET lock_timeout = '2s'; RESET ALL;", 1),
        ("BEGIN; SET LOCAL lock_timeout = '2s'; COMMIT;", 1),
        ("SET statement_timeout = '2s';", 1),
    ],
)
def test_a_lock_timeout_counts_while_it_is_in_effect(limit: str, found: int) -> None:
    assert count("fk-locks-referenced", f"{limit} {KEY} NOT VALID;") == found


def test_a_column_that_refers_to_a_busy_table_locks_it() -> None:
    sql = 'ALTER TABLE "Order" ADD COLUMN "by" TEXT REFERENCES "User"("id");'
    assert count("fk-locks-referenced", sql) == 1


def test_two_foreign_keys_of_one_transaction_are_one_matter() -> None:
    sql = 'CREATE TABLE {0} (u TEXT UNIQUE REFERENCES "User"(id) ON DELETE RESTRICT);'
    assert count("fk-locks-referenced", sql.format("a") + sql.format("b")) == 1


def test_two_foreign_keys_of_two_transactions_are_two_matters() -> None:
    sql = 'CREATE TABLE {0} (u TEXT UNIQUE REFERENCES "User"(id) ON DELETE RESTRICT);'
    both = sql.format("a") + sql.format("b")
    assert count("fk-locks-referenced", both, prisma="7.8.0") == 2


def test_a_referenced_table_of_the_same_pull_request_is_not_busy() -> None:
    assert count("fk-locks-referenced", USER + ORDER, KEY + " NOT VALID;", before=()) == 0


@pytest.mark.parametrize(
    "sql", ['DROP TABLE "Order";', 'ALTER TABLE "Order" DROP COLUMN "userId";']
)
def test_a_foreign_key_that_goes_with_something_else_locks_the_other_table(sql: str) -> None:
    assert count("fk-drop-locks-referenced", sql, before=(USER + ORDER, KEY + ";")) == 1


def test_a_table_that_refers_to_itself_has_no_other_table() -> None:
    before = ("CREATE TABLE t (id INT PRIMARY KEY, up INT CONSTRAINT f REFERENCES t(id));",)
    assert count("fk-drop-locks-referenced", "ALTER TABLE t DROP CONSTRAINT f;", before=before) == 0


# constraint-dropped, pk-dropped


def test_a_foreign_key_that_comes_back_under_another_name_is_not_lost() -> None:
    again = KEY.replace("Order_userId_fkey", "Order_user_fkey") + " NOT VALID;"
    drop = 'ALTER TABLE "Order" DROP CONSTRAINT "Order_userId_fkey";'
    assert count("constraint-dropped", drop + again, before=(USER + ORDER, KEY + ";")) == 0


def test_a_unique_constraint_beside_an_equal_index_is_not_missed() -> None:
    before = (
        USER + 'ALTER TABLE "User" ADD COLUMN e TEXT CONSTRAINT u UNIQUE;'
        'CREATE UNIQUE INDEX i ON "User"(e);',
    )
    assert count("constraint-dropped", 'ALTER TABLE "User" DROP CONSTRAINT u;', before=before) == 0


def test_a_check_that_says_more_than_not_null_is_missed() -> None:
    before = (
        ORDER + 'ALTER TABLE "Order" ADD CONSTRAINT c CHECK ("id" IS NOT NULL AND "total" > 0);',
    )
    assert count("constraint-dropped", 'ALTER TABLE "Order" DROP CONSTRAINT c;', before=before) == 1


def test_what_no_migration_created_is_missed_when_dropped() -> None:
    assert count("constraint-dropped", "ALTER TABLE legacy DROP CONSTRAINT c;") == 1


def test_the_key_of_a_table_that_no_migration_created_is_known_by_its_name() -> None:
    sql = "ALTER TABLE legacy DROP CONSTRAINT legacy_pkey;"
    assert count("pk-dropped", sql) == 1
    assert count("constraint-dropped", sql) == 0


def test_a_key_is_not_missed_as_a_constraint_too() -> None:
    sql = 'ALTER TABLE "User" DROP CONSTRAINT "User_pkey";'
    assert count("pk-dropped", sql) == 1
    assert count("constraint-dropped", sql) == 0


def test_a_constraint_that_is_no_longer_enforced_is_lost() -> None:
    sql = 'ALTER TABLE "Order" ALTER CONSTRAINT "Order_userId_fkey" NOT ENFORCED;'
    before = (USER + ORDER, KEY + ";")
    assert count("constraint-dropped", sql, before=before) == 1
    assert count("constraint-not-enforced", sql, before=before) == 1


# pk-using-index-nullable, notnull-constraint-add


def test_a_key_from_an_index_nobody_knows_may_be_nullable() -> None:
    sql = "ALTER TABLE legacy ADD PRIMARY KEY USING INDEX i;"
    assert count("pk-using-index-nullable", sql) == 1


def test_before_12_a_check_does_not_spare_the_look() -> None:
    before = (
        ORDER + 'ALTER TABLE "Order" ADD CHECK ("total" IS NOT NULL);'
        'CREATE UNIQUE INDEX i ON "Order"("total");',
    )
    sql = 'ALTER TABLE "Order" ADD PRIMARY KEY USING INDEX i;'
    assert count("pk-using-index-nullable", sql, before=before, postgres=11) == 1
    assert count("pk-using-index-nullable", sql, before=before, postgres=12) == 0


def test_not_null_by_name_is_of_postgres_18() -> None:
    sql = 'ALTER TABLE "Order" ADD CONSTRAINT c NOT NULL "total";'
    assert count("notnull-constraint-add", sql, postgres=17) == 0
    assert count("notnull-constraint-add", sql, postgres=18) == 1


# check-volatile


@pytest.mark.parametrize(
    "expression",
    ["a < CURRENT_DATE", "a < CURRENT_TIMESTAMP(3)", "random() > 0.5", "o = current_user"],
)
def test_a_check_that_asks_the_session_is_found_wherever_it_stands(expression: str) -> None:
    for sql in (
        f"CREATE TABLE n (a DATE, o TEXT, CHECK ({expression}));",
        f"CREATE TABLE n (o TEXT, a DATE CHECK ({expression}));",
        f"CREATE TABLE n (o TEXT); ALTER TABLE n ADD COLUMN a DATE CHECK ({expression});",
    ):
        assert count("check-volatile", sql) == 1


def test_a_function_that_reads_other_rows_is_found() -> None:
    function = (
        "CREATE FUNCTION few() RETURNS BOOLEAN LANGUAGE plpgsql AS "
        "'BEGIN RETURN (SELECT count(*) < 10 FROM \"User\"); END';"
    )
    sql = "CREATE TABLE n (a INT CHECK (few()));"
    assert count("check-volatile", sql, before=(USER, function)) == 1
    assert count("check-volatile", function + sql) == 1


def test_a_function_that_reads_its_arguments_only_is_none_of_these() -> None:
    function = (
        "CREATE FUNCTION year(d DATE) RETURNS INT LANGUAGE sql AS 'SELECT extract(year FROM d)';"
    )
    assert count("check-volatile", function + "CREATE TABLE n (a DATE CHECK (year(a) > 0));") == 0


# domain-constraint, domain-constraint-add


def test_a_domain_on_a_domain_reaches_its_tables_too() -> None:
    before = (
        "CREATE DOMAIN a AS INT; CREATE DOMAIN b AS a; CREATE TABLE t (c b); CREATE TABLE u (c b);",
    )
    found = judged("ALTER DOMAIN a SET NOT NULL;", before=before).findings
    assert [each.message for each in found if each.rule == "domain-constraint-add"] == [
        "Writes to t, u wait until every row was checked for a."
    ]


def test_a_domain_that_no_migration_created_may_be_used_anywhere() -> None:
    assert count("domain-constraint-add", "ALTER DOMAIN d VALIDATE CONSTRAINT c;") == 1


# fk-definition-risk


def messages(rule: str, *added: str, before: tuple[str, ...] = ()) -> list[str]:
    return [each.message for each in judged(*added, before=before).findings if each.rule == rule]


def test_types_are_compared_with_the_primary_key_where_no_column_is_named() -> None:
    before = ("CREATE TABLE p (id BIGINT PRIMARY KEY);",)
    sql = "CREATE TABLE c (p INT UNIQUE REFERENCES p);"
    assert messages("fk-definition-risk", sql, before=before) == [
        "c.p is integer, but p.id, to which it refers, is bigint."
    ]


def test_a_domain_is_compared_by_what_it_stands_for() -> None:
    before = ("CREATE DOMAIN d AS BIGINT; CREATE TABLE p (id BIGINT PRIMARY KEY);",)
    sql = "CREATE TABLE c (p d UNIQUE REFERENCES p);"
    assert messages("fk-definition-risk", sql, before=before) == []


CIRCLE = (
    "CREATE TABLE a (id INT PRIMARY KEY, b INT NOT NULL);"
    "CREATE TABLE b (id INT PRIMARY KEY, a INT NOT NULL UNIQUE REFERENCES a);",
)


def test_a_circle_of_required_references_is_found() -> None:
    sql = "ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES b;"
    assert messages("fk-definition-risk", sql, before=CIRCLE) == [
        "a and b require each other, so that neither can have a first row."
    ]


def test_a_circle_with_an_optional_reference_can_begin() -> None:
    sql = "ALTER TABLE a ALTER b DROP NOT NULL; ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;"
    assert messages("fk-definition-risk", sql, before=CIRCLE) == []


def test_a_reference_into_another_schema_is_told() -> None:
    sql = "CREATE TABLE auth.c (p INT UNIQUE REFERENCES p);"
    assert messages(
        "fk-definition-risk", sql, before=("CREATE TABLE p (id INT PRIMARY KEY);",)
    ) == ["auth.c refers to p, which is in another schema."]


# unique-using-index


def test_an_index_that_nobody_knows_may_be_invalid() -> None:
    assert count("unique-using-index", "ALTER TABLE legacy ADD UNIQUE USING INDEX i;") == 1


# new-write-restriction


@pytest.mark.parametrize(
    "sql",
    [
        'CREATE UNIQUE INDEX CONCURRENTLY i ON "Order"("total");',
        'ALTER TABLE "Order" ALTER "total" SET NOT NULL;',
        KEY + " NOT VALID;",
    ],
)
def test_every_new_rule_for_rows_restricts_the_running_version(sql: str) -> None:
    on = {"new-write-restriction": Severity.NOTICE}
    assert count("new-write-restriction", sql, severities=on) == 1
    assert count("new-write-restriction", sql) == 0


# pk-dropped


def test_a_column_takes_the_primary_key_along() -> None:
    assert count("pk-dropped", 'ALTER TABLE "User" DROP COLUMN "id";') == 1
    assert count("pk-dropped", 'ALTER TABLE "Order" DROP COLUMN "id";') == 0


@pytest.mark.parametrize(("name", "found"), [("old_pkey", 1), ("pk_old", 1), ("old_name_key", 0)])
def test_the_key_of_a_table_that_is_not_known_goes_by_its_name(name: str, found: int) -> None:
    assert count("pk-dropped", f"ALTER TABLE old DROP CONSTRAINT {name};") == found


def test_a_key_that_comes_back_in_the_same_transaction_is_not_missed() -> None:
    sql = (
        'ALTER TABLE "User" DROP CONSTRAINT "User_pkey"; ALTER TABLE "User" ADD PRIMARY KEY ("id");'
    )

    assert count("pk-dropped", sql) == 0
    assert count("pk-dropped", sql, prisma="7.8.0") == 1
