"""What of a difference is told, and what stops a rollout."""

import pytest

from bot.core.drift.policy import DriftMode, DriftPolicy, Matter
from bot.core.schemas.schema import Scalar
from tests.core.drift.snapshots import found, lines, made, stopping

SEEN: dict[str, dict[str, Scalar]] = {
    "table public.b": {},
    "column public.b.id": {"position": 1},
    "owner relation public.b": {"role": "app"},
    "grant relation public.b": {"privileges": "app=SELECT"},
    "comment table public.b": {"text": "b"},
}


def test_the_same_has_not_drifted() -> None:
    assert lines(made(), made()) == []


def test_it_is_said_of_the_target_and_not_of_a_change() -> None:
    there = made({"table public.c": {}, "column public.a.id": {"position": 1, "type": "text"}})
    expected = made({"table public.b": {}})

    assert lines(expected, there) == [
        "lacks table public.b",
        "has besides: table public.c",
        "has otherwise: column public.a.id: type: integer → text",
    ]


def test_a_table_more_is_told_once_with_the_number_of_its_columns() -> None:
    assert lines(made(), made(SEEN)) == ["has besides: table public.b (1 column)"]
    assert lines(made(SEEN), made()) == ["lacks table public.b (1 column)"]


def test_what_is_tuned_is_told_and_stops_nothing_and_structure_does() -> None:
    tuned = made({"table public.a": {"options": "{fillfactor=70}"}})
    secured = made({"table public.a": {"row level security": True}})

    assert found(made(), tuned).told[0].matter is Matter.TUNING
    assert stopping(made(), tuned) == []
    assert stopping(made(), secured) == [
        "has otherwise: table public.a: row level security: none → True"
    ]


def test_an_extension_more_does_no_harm_and_one_less_does() -> None:
    extended = made({"extension citext": {"schema": "public", "version": "1.6"}})

    assert stopping(made(), extended) == []
    assert lines(made(), extended) == ["has besides: extension citext"]
    assert stopping(extended, made()) == ["lacks extension citext"]


def test_the_version_of_an_extension_is_tuning_and_no_matter_across_majors() -> None:
    older = made({"extension citext": {"schema": "public", "version": "1.5"}})
    newer = made({"extension citext": {"schema": "public", "version": "1.6"}})

    assert [each.matter for each in found(older, newer).told] == [Matter.TUNING]
    assert found(older, newer, across_majors=True).told == ()


def test_in_a_schema_of_somebody_else_s_everything_is_told_once_and_stops_nothing() -> None:
    there = made(
        {
            "schema auth": {},
            "table auth.users": {},
            "column auth.users.id": {"position": 1},
            "function auth.uid()": {"definition": "…"},
            "grant function auth.uid()": {"privileges": "app=EXECUTE"},
            "owner schema auth": {"role": "somebody"},
        }
    )

    assert lines(made(), there) == ["has besides: schema auth"]
    assert stopping(made(), there) == []


@pytest.mark.parametrize(
    ("policy", "told", "stops"),
    [
        (DriftPolicy(), True, False),
        (DriftPolicy(comments=DriftMode.REFUSE), True, True),
        (DriftPolicy(comments=DriftMode.OFF), False, False),
        (DriftPolicy(ignore=("kind:comment",)), False, False),
    ],
)
def test_a_comment_counts_as_the_policy_says(policy: DriftPolicy, told: bool, stops: bool) -> None:
    there = made({"comment table public.a": {"text": "edited"}})

    assert bool(lines(made(), there, policy)) is told
    assert bool(stopping(made(), there, policy)) is stops


def test_owners_and_grants_count_each_by_itself() -> None:
    there = made(
        {
            "owner relation public.a": {"role": "app"},
            "owner relation public.b": {"role": "bob"},
            "grant relation public.a": {"privileges": "app=SELECT, app=UPDATE, eve=SELECT"},
        }
    )
    expected = made({"owner relation public.b": {"role": "author"}})
    strict = DriftPolicy(owners=DriftMode.OFF, grants=DriftMode.REFUSE)

    assert {each.matter for each in found(expected, there).told} == {Matter.RIGHTS}
    assert stopping(expected, there, strict) == lines(expected, there, strict)
    assert [each.change.kind for each in found(expected, there, strict).told] == ["grant"]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("column public.a.n", "public.a"),
        ("grant relation public.x", "public.x"),
        ("grant column public.x.n", "public.x"),
        ("comment table column public.x.n", "public.x"),
        ("comment policy own on public.x", "public.x"),
        ("function public.f(integer)", "public.f(integer)"),
        ("grant default app r", "r"),
        ("extension citext", "citext"),
    ],
)
def test_each_is_told_with_its_table(name: str, place: str) -> None:
    [one] = found(made(), made({name: {"privileges": "x=y"}})).told

    assert one.place == place
