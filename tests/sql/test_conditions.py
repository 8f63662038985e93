"""What conditions on the schema ask for, and those that nobody can answer beforehand."""

import pytest

from bot.sql.conditions import Condition, Logic, Presence, conditions_of

COLUMNS = "SELECT 1 FROM information_schema.columns WHERE"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("EXISTS (SELECT 1 FROM pg_type WHERE typname = 'Role')", Presence("TYPE", "Role")),
        ("EXISTS (SELECT FROM pg_class WHERE relname = 'a')", Presence("RELATION", "a")),
        (
            f"EXISTS ({COLUMNS} table_name = 'User' AND column_name = 'a')",
            Presence("COLUMN", "a", "User"),
        ),
        (
            f"EXISTS ({COLUMNS} table_schema = 'x' AND table_name = 'u' AND column_name = 'a')",
            Presence("COLUMN", "a", "u", "x"),
        ),
        (
            "EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'k')",
            Presence("CONSTRAINT", "k"),
        ),
        (
            "EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'k' AND contype = 'f' AND "
            "conrelid = 'public.\"User\"'::regclass)",
            Presence("CONSTRAINT", "k", "User", "public"),
        ),
        (
            "EXISTS (SELECT 1 FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid "
            "WHERE c.conname = 'k' AND t.relname = 'u')",
            Presence("CONSTRAINT", "k", "u"),
        ),
        (
            "EXISTS (SELECT 1 FROM pg_enum e, pg_type t WHERE t.oid = e.enumtypid AND "
            "t.typname = 'Role' AND e.enumlabel = 'A')",
            Presence("VALUE", "A", "Role"),
        ),
        (
            "EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'User'::regclass AND "
            "attname = 'a' AND NOT attisdropped)",
            Presence("COLUMN", "a", "user"),
        ),
        ("EXISTS (SELECT FROM pg_namespace WHERE nspname = 'x')", Presence("SCHEMA", "x")),
        ("EXISTS (SELECT FROM pg_extension WHERE extname = 'x')", Presence("EXTENSION", "x")),
        ("to_regclass('public.a') IS NOT NULL", Presence("RELATION", "a", schema="public")),
        ("to_regclass('A') IS NULL", Logic("NOT", (Presence("RELATION", "a"),))),
        (
            "(SELECT count(*) FROM pg_class WHERE relname = 'a') = 0",
            Logic("NOT", (Presence("RELATION", "a"),)),
        ),
        ("true", True),
        ("n = 1 AND false", Logic("AND", (None, False))),
    ],
)
def test_a_condition_asks_for(text: str, expected: Condition) -> None:
    assert conditions_of(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "n = 1",
        "FOUND",
        "",
        "1 FROM t",
        "EXISTS (SELECT 1 FROM users)",
        "EXISTS (SELECT 1 FROM pg_class WHERE relname LIKE 'a%')",
        "EXISTS (SELECT 1 FROM pg_class WHERE NOT (relname = 'a'))",
        "EXISTS (SELECT 1 FROM pg_class WHERE relname = 'a' OR relname = 'b')",
        "EXISTS (SELECT 1 FROM pg_class WHERE relname = variable)",
        f"EXISTS ({COLUMNS} column_name = 'a' AND data_type = 'text')",
        "EXISTS (SELECT 1 FROM pg_class c JOIN users u ON u.name = c.relname)",
        "EXISTS (SELECT 1 FROM pg_class)",
        "(SELECT count(*) FROM pg_class WHERE relname = 'a') = 2",
        "(SELECT max(oid) FROM pg_class WHERE relname = 'a') = 0",
    ],
)
def test_what_is_asked_otherwise_is_not_known(text: str) -> None:
    assert conditions_of(text) is None
