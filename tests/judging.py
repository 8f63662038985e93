"""Changes made of SQL texts, for tests of the judge and of the rules."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bot import rules
from bot.core.findings.review import JudgedMigration, Review
from bot.core.findings.rule import Rule, name_of
from bot.core.migrations.history import Change, History
from bot.core.migrations.migration import Migration
from bot.judge.judge import judge

FOLDER = "prisma/migrations"


def migration(name: str, sql: str) -> Migration:
    return Migration(name=name, path=f"{FOLDER}/{name}/migration.sql", sql=sql)


def change(*added: str, before: Sequence[str] = (), compared: bool = True) -> Change:
    """A branch that adds the given texts as migrations, on a base that has those before."""
    old = tuple(migration(f"2024010100000{n}_old", sql) for n, sql in enumerate(before))
    new = tuple(migration(f"2024020100000{n}_new", sql) for n, sql in enumerate(added))
    return Change(
        head=History(FOLDER, (*old, *new), provider="postgresql"),
        base=History(FOLDER, old, provider="postgresql") if compared else None,
        base_name="main" if compared else None,
        now=datetime(2024, 3, 1, tzinfo=UTC),
    )


def review(*added: str, before: Sequence[str] = (), **options: object) -> Review:
    only = options.pop("rules", None) or rules.RULES
    return judge(change(*added, before=before), only, **options)  # type: ignore[arg-type]


def judged(*added: str, before: Sequence[str] = (), **options: object) -> JudgedMigration:
    """The last of the added migrations, judged by all rules unless told otherwise."""
    return review(*added, before=before, **options).migrations[-1]


def names(judged_migration: JudgedMigration) -> list[str]:
    return [finding.rule for finding in judged_migration.findings if finding.allowed is None]


def before_of(rule: Rule) -> tuple[str, ...]:
    before = getattr(rule, "BEFORE", "")
    return (before,) if before else ()


def applied_by(rule: Rule) -> dict[str, object]:
    """The versions and the options that a rule's examples are for, where it names any."""
    named = {"prisma": "PRISMA", "postgres": "POSTGRES"}
    found = {key: getattr(rule, name) for key, name in named.items() if hasattr(rule, name)}
    if hasattr(rule, "EXAMPLE"):
        found["options"] = {name_of(rule): rule.EXAMPLE}
    return found
