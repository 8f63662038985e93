"""What two snapshots say differently and mean alike."""

import pytest

from bot.core.drift.policy import DriftPolicy
from bot.core.schemas.schema import Scalar
from tests.core.drift.snapshots import found, lines, made, stopping


def test_an_extension_that_stands_elsewhere_is_found_by_another_name_only_for_its_own() -> None:
    def using(
        schema: str, view: str = "SELECT my_public.f() FROM public.a"
    ) -> dict[str, dict[str, Scalar]]:
        return {
            "extension citext": {"schema": schema},
            "column public.a.id": {"type": f"{schema}.citext"},
            "view public.v": {"definition": view},
        }

    expected = made(using("public"))
    moved = made(using("extensions"))
    assert lines(expected, moved) == [
        "has otherwise: extension citext: schema: public → extensions"
    ]
    assert stopping(expected, moved) == []
    other = made(using("extensions", "SELECT other.f() FROM public.a"))
    assert len(stopping(expected, other)) == 1


def test_a_partition_more_is_time_passing_and_a_table_more_is_not() -> None:
    grown = made(
        {
            "table public.a_2": {"inherits": "public.a", "partition": "FOR VALUES …"},
            "column public.a_2.id": {"position": 1},
            "index public.a_2.a_2_id": {},
            "owner relation public.a_2": {"role": "app"},
            "grant relation public.a_2": {"privileges": "app=SELECT"},
            "comment table public.a_2": {"text": "2"},
        }
    )
    inherited = made({"table public.b": {"inherits": "public.a"}})

    assert lines(made(), grown) == []
    assert found(made(), grown).grown == 1
    assert lines(made(), inherited) == ["has besides: table public.b"]


def test_whoever_runs_the_migrations_owns_what_they_make() -> None:
    """On the throw-away server it is another role than on the target."""
    expected = made(
        {
            "owner relation public.a": {"role": "author"},
            "grant relation public.a": {
                "privileges": "author=SELECT, author=UPDATE, reader=SELECT"
            },
            "grant default author in public r": {"privileges": "reader=SELECT"},
            "grant default author S": {"privileges": "author=USAGE"},
        }
    )
    there = made(
        {
            "grant default app in public r": {"privileges": "reader=SELECT"},
            "grant default app S": {"privileges": "app=USAGE"},
        }
    )

    assert lines(expected, there) == []


def test_what_somebody_else_owns_is_one_deviation_and_not_two() -> None:
    both: dict[str, dict[str, Scalar]] = {
        "table public.b": {},
        "owner relation public.b": {"role": "app"},
    }
    expected = made({**both, "grant relation public.b": {"privileges": "app=SELECT"}})
    there = made(
        {
            **both,
            "owner relation public.b": {"role": "bob"},
            "grant relation public.b": {"privileges": "bob=SELECT"},
            "owner relation public.c": {"role": "app"},
        }
    )

    assert "has otherwise: owner relation public.b: role: app → bob" in lines(expected, there)
    assert not [each for each in lines(expected, there) if "grant" in each]


def test_who_owns_public_is_nobody_s_migration() -> None:
    there = made(
        {
            "owner schema public": {"role": "postgres"},
            "comment schema public": {"text": "standard public schema"},
        }
    )
    assert lines(made({"owner schema public": {"role": "pg_database_owner"}}), there) == []


def test_that_everybody_might_make_something_in_public_is_told_on_the_same_major_only() -> None:
    now = made({"grant schema public": {"privileges": "PUBLIC=USAGE"}})
    then = made({"grant schema public": {"privileges": "PUBLIC=CREATE, PUBLIC=USAGE"}})

    assert len(lines(now, then)) == 1
    assert found(now, then, across_majors=True).told == ()


def test_a_column_more_moves_no_other_and_another_order_is_told() -> None:
    def columns(**places: int) -> dict[str, dict[str, Scalar]]:
        return {f"column public.t.{name}": {"position": at} for name, at in places.items()}

    expected = made(columns(b=1, c=2))
    more = made(columns(x=1, b=2, c=3))
    turned = made(columns(c=1, b=2))

    assert lines(expected, more) == ["has besides: column public.t.x"]
    assert [each.change.attributes for each in found(expected, turned).told] == [("position",)] * 2
    assert stopping(expected, turned) == []


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("table public.legacy_*", True),
        ("kind:table", True),
        ("schema public", True),
        ("table public.other", False),
        ("view public.legacy_*", False),
    ],
)
def test_what_is_ignored_takes_along_what_belongs_to_it(pattern: str, fits: bool) -> None:
    there = made(
        {
            "table public.legacy_1": {},
            "column public.legacy_1.id": {"position": 1},
            "index public.legacy_1.of_it": {},
            "grant relation public.legacy_1": {"privileges": "x=SELECT"},
            "grant column public.legacy_1.id": {"privileges": "x=SELECT"},
            "comment policy own on public.legacy_1": {"text": "y"},
        }
    )
    left = lines(made(), there, DriftPolicy(ignore=(pattern,)))

    assert (left == []) is fits
