"""What sizes make of findings, and what they leave alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.findings.finding import Finding, Severity, Verdict
from bot.core.rehearsals.sizes import RelationKind, RelationSize, Sizes, SizesNote, Thresholds
from tests.judging import review

TABLES = """
CREATE TABLE orders (id INT NOT NULL, user_id INT, note TEXT);
CREATE TABLE users (id INT PRIMARY KEY, name TEXT);
CREATE INDEX orders_user_id ON orders (user_id);
"""
LOG = """
CREATE TABLE log (id INT, at DATE) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
"""
INDEX = "CREATE INDEX orders_note ON orders (note);"
FOREIGN_KEY = "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users (id);"
# Changes are judged on the first of March.
FEBRUARY = datetime(2024, 2, 28, 12, 0, tzinfo=UTC)
KILO, MEGA = 1000, 1_000_000


def sizes(taken_at: datetime = FEBRUARY, **tables: int) -> Sizes:
    relations = tuple(RelationSize(f"public.{name}", bytes=size) for name, size in tables.items())
    return Sizes("production", taken_at, 16, relations)


def found(
    sql: str,
    known: Sizes | None,
    *,
    rule: str = "index-create-blocking",
    before: str = TABLES,
    severities: Mapping[str, Severity | None] | None = None,
) -> Finding:
    made = review(sql, before=[before], sizes=known, severities=severities)
    return next(each for each in made.all_findings if each.rule == rule)


def test_without_sizes_nothing_is_said_of_them() -> None:
    finding = found(INDEX, None)

    assert (finding.severity, finding.size, finding.usual) == (Severity.ERROR, None, None)
    assert review(INDEX, before=[TABLES]).sizes is None


def test_a_review_says_whose_sizes_it_went_by() -> None:
    made = review(INDEX, before=[TABLES], sizes=sizes(orders=5))

    assert made.sizes == SizesNote("production", FEBRUARY)


def test_a_small_table_is_waited_for_without_a_block() -> None:
    made = review(INDEX, before=[TABLES], sizes=sizes(orders=8 * KILO))

    assert {each.severity for each in made.all_findings} == {Severity.NOTICE}
    assert made.verdict is Verdict.PASS


def test_a_table_that_the_target_does_not_know_is_judged_as_ever() -> None:
    finding = found(INDEX, sizes(users=8 * KILO))

    assert (finding.severity, finding.size) == (Severity.ERROR, None)


def test_both_ends_of_a_foreign_key_must_be_small() -> None:
    both = found(FOREIGN_KEY, sizes(orders=KILO, users=KILO), rule="fk-add-validating")
    one = found(FOREIGN_KEY, sizes(orders=KILO, users=30 * MEGA), rule="fk-add-validating")
    unknown = found(FOREIGN_KEY, sizes(orders=KILO), rule="fk-add-validating")

    assert both.severity is Severity.NOTICE
    assert one.severity is Severity.ERROR
    assert unknown.severity is Severity.ERROR


def test_stale_sizes_make_nothing_lighter_and_are_still_told() -> None:
    old = sizes(datetime(2024, 1, 1, tzinfo=UTC), orders=8 * KILO)
    finding = found(INDEX, old)

    assert (finding.severity, finding.usual) == (Severity.ERROR, None)
    assert finding.size is not None
    assert review(INDEX, before=[TABLES], sizes=old).sizes == SizesNote(
        "production", datetime(2024, 1, 1, tzinfo=UTC), stale=True
    )


def test_a_table_that_could_not_be_measured_is_not_called_small() -> None:
    known = sizes(orders=8 * KILO)
    guessed = replace(known, relations=(replace(known.relations[0], measured=False),))

    assert found(INDEX, guessed).severity is Severity.ERROR


def test_a_small_table_that_everybody_writes_to_is_no_small_matter() -> None:
    def severity(writes: float | None) -> Severity:
        known = sizes(orders=8 * KILO)
        return found(
            INDEX, replace(known, relations=(replace(known.relations[0], writes=writes),))
        ).severity

    assert [severity(each) for each in (None, 0.0, 9.9)] == [Severity.NOTICE] * 3
    assert severity(10.0) is Severity.ERROR


@pytest.mark.parametrize("size", [KILO, 900 * MEGA])
def test_a_severity_that_was_chosen_stays(size: int) -> None:
    chosen = {"index-create-blocking": Severity.WARNING}
    finding = found(INDEX, sizes(orders=size), severities=chosen)

    assert (finding.severity, finding.usual) == (Severity.WARNING, None)
    assert finding.size is not None


CHECK = "ALTER TABLE orders ADD COLUMN sum INT CHECK (sum > 0);"


def test_a_large_table_that_is_gone_through_makes_a_warning_an_error() -> None:
    rule = "add-column-inline-check"

    assert found(CHECK, sizes(orders=499 * MEGA), rule=rule).severity is Severity.WARNING
    large = found(CHECK, sizes(orders=500 * MEGA), rule=rule)
    assert (large.severity, large.usual) == (Severity.ERROR, Severity.WARNING)


def test_a_lock_alone_is_no_error_on_a_large_table() -> None:
    finding = found(
        "DROP INDEX orders_user_id;", sizes(orders=900 * MEGA), rule="index-drop-blocking"
    )

    assert finding.severity is Severity.WARNING
    assert finding.size is not None


def test_an_index_has_no_say_in_what_is_small() -> None:
    finding = found("DROP INDEX orders_user_id;", sizes(orders=KILO), rule="index-drop-blocking")

    assert finding.severity is Severity.NOTICE


def test_a_partition_counts_with_the_whole_table() -> None:
    known = Sizes(
        "production",
        FEBRUARY,
        16,
        (
            RelationSize("public.log", RelationKind.PARTITIONED, bytes=600 * MEGA),
            RelationSize("public.log_1", bytes=300 * MEGA, partition_of="public.log"),
            RelationSize("public.log_2", bytes=300 * MEGA, partition_of="public.log"),
        ),
    )
    sql = "ALTER TABLE log ADD COLUMN n INT CHECK (n > 0);"
    finding = found(sql, known, rule="add-column-inline-check", before=LOG)

    assert finding.severity is Severity.ERROR
    assert finding.size is known.relations[0]


def test_a_file_whose_partitions_go_round_in_a_circle_is_read_all_the_same() -> None:
    relations = (
        RelationSize("public.log", bytes=KILO, partition_of="public.log_1"),
        RelationSize("public.log_1", bytes=KILO, partition_of="public.log"),
        RelationSize("public.log_2", bytes=KILO, partition_of="public.log_2"),
    )
    sql = "ALTER TABLE log ADD COLUMN n INT CHECK (n > 0);"
    known = Sizes("production", FEBRUARY, 16, relations)

    assert found(sql, known, rule="add-column-inline-check", before=LOG).size is not None


def test_rows_copied_from_a_large_table_are_not_few() -> None:
    sql = "INSERT INTO users (id) SELECT id FROM orders WHERE note IS NULL;"
    rule = "backfill-unbatched"

    assert found(sql, sizes(users=KILO, orders=90 * MEGA), rule=rule).severity is Severity.WARNING
    assert found(sql, sizes(users=KILO, orders=KILO), rule=rule).severity is Severity.NOTICE


def test_a_finding_about_the_whole_file_asks_all_that_it_locks() -> None:
    sql = "ALTER TABLE users ADD COLUMN a INT; ALTER TABLE orders ADD COLUMN b INT;"

    def severity(known: Sizes) -> Severity:
        made = review(sql, before=[TABLES], sizes=known, prisma="6.19.0")
        return next(f.severity for f in made.all_findings if f.rule == "lock-timeout-missing")

    assert severity(sizes(users=KILO, orders=90 * MEGA)) is Severity.WARNING
    assert severity(sizes(users=KILO, orders=KILO)) is Severity.NOTICE


def test_what_is_lost_is_as_grave_in_a_small_table() -> None:
    finding = found("DROP TABLE orders;", sizes(orders=KILO), rule="table-dropped")

    assert finding.severity is Severity.ERROR
    assert finding.size is not None


def test_a_table_that_took_anothers_name_is_not_taken_for_it() -> None:
    sql = f"ALTER TABLE orders RENAME TO old; ALTER TABLE users RENAME TO orders; {INDEX}"
    made = review(
        sql.replace("note)", "name)"), before=[TABLES], sizes=sizes(orders=KILO, users=90 * MEGA)
    )

    finding = next(each for each in made.all_findings if each.rule == "index-create-blocking")
    assert (finding.severity, finding.size) == (Severity.ERROR, None)


def test_thresholds_can_be_chosen() -> None:
    known = replace(sizes(orders=8 * KILO), thresholds=Thresholds(small=KILO, large=5 * KILO))

    assert found(INDEX, known).severity is Severity.ERROR
    assert found(CHECK, known, rule="add-column-inline-check").severity is Severity.ERROR


def test_an_allowance_covers_a_finding_of_any_size() -> None:
    sql = f"-- migration-bot: allow index-create-blocking because it is built at night\n{INDEX}"

    for known in (None, sizes(orders=KILO), sizes(orders=900 * MEGA)):
        assert found(sql, known).allowed == "it is built at night"


def test_the_fingerprint_does_not_change_with_the_size() -> None:
    assert found(INDEX, None).fingerprint == found(INDEX, sizes(orders=KILO)).fingerprint
