"""Sizes of relations: names, sums and age."""

from datetime import timedelta

from bot.core.rehearsals.sizes import RelationKind, RelationSize, RowSource, Sizes, with_sums
from tests.fakes import NOON

PARENT = RelationKind.PARTITIONED
ORDERS = RelationSize("app.orders", bytes=5)


def part(name: str, parent: str, size: int, **fields: object) -> RelationSize:
    return RelationSize(
        name,
        bytes=size,
        heap=size,
        rows=size,
        rows_from=RowSource.PLANNER,
        writes=1.0,
        partition_of=parent,
        **fields,  # type: ignore[arg-type]
    )


def test_a_name_without_a_schema_is_looked_up_where_the_target_keeps_it() -> None:
    sizes = Sizes("production", NOON, 16, (ORDERS,), schema="app")

    assert sizes.of("public.orders") is ORDERS
    assert sizes.of("app.orders") is ORDERS
    assert sizes.known_as("app.orders") == "public.orders"
    assert Sizes("production", NOON, 16, (ORDERS,)).of("public.orders") is None


def test_of_relations_left_out_nothing_is_known() -> None:
    sizes = Sizes("production", NOON, 16, (ORDERS, RelationSize("app.users")), schema="app")

    kept = sizes.without({"public.orders"})

    assert kept.of("public.orders") is None
    assert kept.of("public.users") is not None


def test_a_partitioned_table_adds_up_over_all_levels() -> None:
    log, _, middle, _ = with_sums(
        [
            part("public.log_2_1", "public.log_2", 3),
            RelationSize("public.log_2", PARENT, partition_of="public.log"),
            part("public.log_1", "public.log", 4),
            RelationSize("public.log", PARENT),
        ]
    )

    assert (log.relation, log.bytes, log.rows, log.writes) == ("public.log", 7, 7, 2.0)
    assert (middle.relation, middle.bytes, middle.rows) == ("public.log_2", 3, 3)


def test_a_sum_knows_no_more_than_its_parts() -> None:
    unknown = RelationSize("public.log_2", partition_of="public.log", bytes=1, measured=False)
    log = with_sums(
        [RelationSize("public.log", PARENT), part("public.log_1", "public.log", 4), unknown]
    )[0]

    assert (log.bytes, log.rows, log.rows_from, log.writes) == (5, None, None, None)
    assert not log.measured


def test_a_partitioned_table_without_partitions_has_no_rows() -> None:
    (log,) = with_sums([RelationSize("public.log", PARENT)])

    assert (log.bytes, log.rows, log.rows_from) == (0, 0, RowSource.NO_PAGES)


def test_sizes_are_stale_after_a_month() -> None:
    sizes = Sizes("production", NOON, 16)

    assert not sizes.stale(NOON + timedelta(days=30))
    assert sizes.stale(NOON + timedelta(days=30, seconds=1))
