"""What a block's condition asks of the schema."""

import pytest

from bot.sql.actions import Presence
from bot.sql.conditions import conditions_of


@pytest.mark.parametrize(
    ("where", "presence"),
    [
        ("pg_constraint WHERE conname = 'a_key'", Presence("CONSTRAINT", "a_key")),
        (
            "pg_constraint WHERE conname = 'f' AND conrelid = '\"A\"'::regclass AND contype = 'f'",
            Presence("CONSTRAINT", "f", "public.A"),
        ),
        (
            "information_schema.columns WHERE table_schema = 'public' AND table_name = 'A' "
            "AND column_name = 'x'",
            Presence("COLUMN", "x", "public.A"),
        ),
        (
            "pg_attribute WHERE attrelid = to_regclass('public.\"A\"') AND attname = 'x' "
            "AND NOT attisdropped AND attnum > 0",
            Presence("COLUMN", "x", "public.A"),
        ),
        ("information_schema.tables WHERE table_name = 'A'", Presence("RELATION", "A")),
        ("pg_class WHERE relname = 'A_idx' AND relkind = 'i'", Presence("RELATION", "A_idx")),
        ("pg_indexes WHERE indexname = 'A_idx'", Presence("RELATION", "A_idx")),
        ("pg_type WHERE typname = 'Mood'", Presence("TYPE", "Mood")),
        ("pg_policies WHERE policyname = 'p'", Presence("POLICY", "p")),
        ("pg_trigger WHERE tgname = 't'", Presence("TRIGGER", "t")),
    ],
)
def test_what_is_asked_for_is_recognised(where: str, presence: Presence) -> None:
    assert conditions_of(f"EXISTS (SELECT 1 FROM {where})", wanted=True) == (presence,)


def test_denials_are_followed() -> None:
    asked = "EXISTS (SELECT 1 FROM pg_type WHERE typname = 't')"
    absent = (Presence("TYPE", "t", wanted=False),)
    assert conditions_of(f"NOT {asked}", wanted=True) == absent
    assert conditions_of(asked, wanted=False) == absent
    assert conditions_of("to_regclass('a') IS NULL", wanted=True) == (
        Presence("RELATION", "a", wanted=False),
    )
    assert conditions_of("to_regclass('s.\"A\"') IS NOT NULL", wanted=True) == (
        Presence("RELATION", "A"),
    )


def test_all_parts_of_a_conjunction_count_but_not_of_its_denial() -> None:
    one = "EXISTS (SELECT 1 FROM pg_type WHERE typname = 't')"
    two = "to_regclass('a') IS NULL"
    assert len(conditions_of(f"{one} AND {two}", wanted=True)) == 2
    assert conditions_of(f"{one} AND {two}", wanted=False) == (None,)
    assert conditions_of(f"NOT ({one} AND {two})", wanted=True) == (None,)


@pytest.mark.parametrize(
    "text",
    [
        "n > 5",
        "found",
        "EXISTS (SELECT 1 FROM users)",
        "EXISTS (SELECT 1 FROM users WHERE relname = 'x')",
        "EXISTS (SELECT 1 FROM pg_class)",
        "EXISTS (SELECT 1 FROM pg_class WHERE relname = v)",
        "EXISTS (SELECT 1 FROM pg_class WHERE relname LIKE 'a%')",
        "EXISTS (SELECT 1 FROM pg_class WHERE relname = 'a' OR relname = 'b')",
        "EXISTS (SELECT 1 FROM pg_class WHERE relname = 'a' AND relname = 'b')",
        "EXISTS (SELECT 1 FROM information_schema.columns WHERE column_name = 'a' "
        "AND is_nullable = 'NO')",
        "(SELECT count(*) FROM pg_class) = 0",
        "a; DROP TABLE b",
        "this is no condition",
    ],
)
def test_what_cannot_be_told_is_not_guessed(text: str) -> None:
    assert conditions_of(text, wanted=True) == (None,)
