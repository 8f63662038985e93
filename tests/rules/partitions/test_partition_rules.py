"""Odd cases of the rules about partitions."""

from bot.core.findings.finding import Severity
from tests.judging import judged, names

LOG = 'CREATE TABLE "Log" ("at" DATE NOT NULL) PARTITION BY RANGE ("at");'
PART = "FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');"


def count(rule: str, *added: str, before: tuple[str, ...] = (LOG,), **options: object) -> int:
    return names(judged(*added, before=before, **options)).count(rule)


def test_before_14_there_is_no_concurrent_detach() -> None:
    sql = 'ALTER TABLE "Log" DETACH PARTITION "Old";'
    assert count("partition-detach-blocking", sql, postgres=13) == 0
    assert count("partition-detach-blocking", sql, postgres=14) == 1


def test_beside_a_default_partition_another_way_is_told() -> None:
    before = (LOG, 'CREATE TABLE "Rest" PARTITION OF "Log" DEFAULT;')
    found = judged('ALTER TABLE "Log" DETACH PARTITION "Rest";', before=before).findings
    fixes = [each.fix for each in found if each.rule == "partition-detach-blocking"]
    assert len(fixes) == 1
    assert "not possible while there is a default partition" in fixes[0]


def test_a_check_of_another_column_does_not_spare_the_look() -> None:
    old = 'CREATE TABLE "Old" ("at" DATE NOT NULL, "n" INT CHECK ("n" > 0));'
    sql = f'ALTER TABLE "Log" ATTACH PARTITION "Old" {PART}'
    assert count("partition-attach-scan", sql, before=(LOG + old,)) == 1


def test_a_check_that_lets_null_through_does_not_spare_the_look() -> None:
    old = """CREATE TABLE "Old" ("at" DATE, CHECK ("at" < '2025-01-01' {}));"""
    sql = f'ALTER TABLE "Log" ATTACH PARTITION "Old" {PART}'
    there = old.format('AND "at" IS NOT NULL')
    assert count("partition-attach-scan", sql, before=(LOG + old.format(""),)) == 1
    assert count("partition-attach-scan", sql, before=(LOG + there,)) == 0


def test_a_check_that_was_not_validated_does_not_spare_the_look() -> None:
    old = """CREATE TABLE "Old" ("at" DATE NOT NULL);
        ALTER TABLE "Old" ADD CHECK ("at" < '2025-01-01') NOT VALID;"""
    sql = f'ALTER TABLE "Log" ATTACH PARTITION "Old" {PART}'
    assert count("partition-attach-scan", sql, before=(LOG + old,)) == 1


def test_attaching_beside_a_default_partition_reads_that_one() -> None:
    before = (LOG, 'CREATE TABLE "Rest" PARTITION OF "Log" DEFAULT;')
    sql = f'CREATE TABLE n (LIKE "Log"); ALTER TABLE "Log" ATTACH PARTITION n {PART}'
    assert count("partition-default-scan", sql, before=before) == 1


def test_a_partition_that_is_there_already_is_not_created() -> None:
    sql = f'CREATE TABLE IF NOT EXISTS n PARTITION OF "Log" {PART}'
    assert count("partition-create-locks-parent", sql) == 1
    assert count("partition-create-locks-parent", sql, before=(LOG, sql)) == 0


def test_an_index_of_a_partitioned_table_is_told_once() -> None:
    found = names(judged('CREATE INDEX i ON "Log"("at");', before=(LOG,)))
    assert found.count("partitioned-index-build") == 1
    assert "index-create-blocking" not in found


def test_a_key_without_the_partition_key_is_refused_by_the_server() -> None:
    on = {"partition-design": Severity.WARNING}
    in_place = "CREATE TABLE t (id INT PRIMARY KEY, at DATE) PARTITION BY RANGE (at);"
    assert count("partition-design", in_place, severities=on) == 2
    assert count("partition-design", 'CREATE UNIQUE INDEX i ON "Log"(n);', severities=on) == 1
    assert count("partition-design", in_place) == 0


def test_a_table_that_no_migration_creates_is_partitioned_if_it_has_a_partition() -> None:
    sql = "CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1); CREATE INDEX i ON p (a);"
    assert "partitioned-index-build" in names(judged(sql))
    assert "index-create-blocking" not in names(judged(sql))
    assert "concurrently-unsupported-target" in names(
        judged(sql.replace("INDEX i", "INDEX CONCURRENTLY i"))
    )
