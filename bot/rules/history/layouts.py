"""Histories for the examples of rules about the history. No rule by itself."""

from collections.abc import Mapping

LOCK_PATH = "migrations/migration_lock.toml"
LOCK = 'provider = "postgresql"\n'
FIRST, SECOND, THIRD = "20260101000000_first", "20260102000000_second", "20260103000000_third"


def files(*names: str, **texts: str) -> Mapping[str, str]:
    """A migrations folder with a lock file, and a migration of each name that makes a table."""
    made = {f"migrations/{name}/migration.sql": _table(name) for name in names}
    return {LOCK_PATH: LOCK, **made, **texts}


def _table(name: str) -> str:
    words = name.lstrip("0123456789_").replace("_", " ").title().replace(" ", "")
    return f'CREATE TABLE "{words}" ("id" BIGINT NOT NULL PRIMARY KEY);\n'
