"""Short ways to write histories and the changes between them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from bot.core.findings.rule import ChangeRule, Hit
from bot.core.migrations.history import Change, History
from bot.core.migrations.migration import Migration, sort_key

NOW = datetime(2026, 3, 1, 12, 0, 0, 500, tzinfo=UTC)
FOLDER = "prisma/migrations"

FIRST = "20260101000000_first"
SECOND = "20260102000000_second"
NEW = "20260301100000_new"


def migration(name: str, sql: str | None = None) -> Migration:
    text = f"CREATE TABLE {name} ();\n" if sql is None else sql
    return Migration(name, f"{FOLDER}/{name}/migration.sql", text)


def history(
    *names: str,
    texts: Mapping[str, str] | None = None,
    incomplete: Iterable[str] = (),
    strays: Iterable[str] = (),
    unreadable: Mapping[str, str] | None = None,
    provider: str | None = "postgresql",
) -> History:
    made = [migration(name) for name in names]
    made += [migration(name, sql) for name, sql in (texts or {}).items()]
    return History(
        folder=FOLDER,
        migrations=tuple(sorted(made, key=lambda each: sort_key(each.name))),
        incomplete=tuple(incomplete),
        strays=tuple(f"{FOLDER}/{path}" for path in strays),
        unreadable={f"{FOLDER}/{path}": why for path, why in (unreadable or {}).items()},
        provider=provider,
    )


MERGED = history(FIRST, SECOND)


def change(head: History, base: History | None = MERGED, *, behind: Iterable[str] = ()) -> Change:
    return Change(
        head=head,
        now=NOW,
        base=base,
        base_name="main",
        base_ref="origin/main",
        behind=frozenset(behind),
    )


def everything(head: History) -> Change:
    return Change(head=head, now=NOW)


def without_ref(change: Change) -> Change:
    return replace(change, base_ref=None)


def hits(rule: ChangeRule, change: Change) -> list[Hit]:
    found = (each if isinstance(each, Hit) else Hit(each) for each in rule.check_change(change))
    return list(found)
