"""Every rule that can say what to write instead: its BAD is rewritten, judged again, and run on a
real server beside the original. Both must leave the same schema and the same rows."""

from typing import Any

import pytest

from bot import rules
from bot.core.finding import Severity, Verdict
from bot.core.fixed import Fixing
from bot.core.history import Change
from bot.core.review import JudgedMigration, Review
from bot.core.rule import Rule, name_of
from bot.core.schema import differences
from bot.fixing.fix import Wish, fix
from bot.judge.context import Rewriting
from bot.judge.judge import judge
from tests.conftest import RunningServer
from tests.fixing import servers
from tests.judging import applied_by, before_of, change

FIXABLE: list[Any] = [rule for rule in rules.RULES if isinstance(rule, Rewriting)]
# What stays to be decided by a person, and is no error: how many rows there are and what is in
# them is known only in production.
LEFT_TO_PEOPLE = {
    "backfill-unbatched",
    # The CHECK that DETACH … CONCURRENTLY leaves behind, and that no migration created.
    "constraint-dropped",
    "index-unique-may-fail",
    "set-not-null-may-fail",
}
# The original of these fails if there are rows, or these rows.
WITHOUT_ROWS = {"add-column-required", "sequence-not-reset"}
# What the rewrite leans on, besides the rule's own BEFORE.
MORE_BEFORE = {
    "matview-refresh-blocking": 'CREATE UNIQUE INDEX "Sales_id_idx" ON "Sales"("id");',
}
# Worked out anew in every run.
HIDDEN = ("token",)
# PostgreSQL refuses these as they stand; what was meant by them is compared instead.
MEANT = {
    "concurrently-unsupported-target": 'CREATE INDEX "Log_at_idx" ON "Log"("at");',
    "savepoint-in-migration": 'CREATE TABLE "A" ("id" INTEGER NOT NULL);',
}


def before(rule: Any) -> tuple[str, ...]:
    more = MORE_BEFORE.get(name_of(rule))
    return (*before_of(rule), *([more] if more else []))


def judging(rule: Any) -> Any:
    """All rules, with this one switched on."""
    severities = {name_of(rule): rule.SEVERITY or Severity.NOTICE}

    options: dict[str, Any] = {"severities": severities, **applied_by(rule)}

    def judged(made: Change) -> Review:
        return judge(made, rules.RULES, **options)

    return judged


def fixed(rule: Any, sql: str | None = None) -> tuple[Fixing, Review, Review]:
    """The fixing, with the judgement of the original and of the result."""
    given = change(rule.BAD if sql is None else sql, before=before(rule))
    judged = judging(rule)
    made = fix(given, judged, wish=Wish({name_of(rule)}))
    made = fix(made.change, judged)
    return made, judged(given), judged(made.change)


@pytest.mark.parametrize("rule", FIXABLE, ids=name_of)
def test_the_finding_is_gone_and_no_graver_one_has_come(rule: Any) -> None:
    _, original, after = fixed(rule)
    was = {each.rule for each in original.all_findings}
    found = {each.rule: each for each in after.all_findings if each.allowed is None}
    assert name_of(rule) not in found
    assert after.verdict is not Verdict.BLOCK or original.verdict is Verdict.BLOCK
    for each in found.values():
        if each.severity is not Severity.NOTICE and each.rule not in was:
            assert each.rule in LEFT_TO_PEOPLE, (each.rule, each.message)
            assert each.severity is Severity.WARNING


@pytest.mark.parametrize("rule", FIXABLE, ids=name_of)
def test_the_result_builds_the_same_schema_and_rows(rule: Any, embedded: RunningServer) -> None:
    _, original, after = fixed(rule)
    meant = MEANT.get(name_of(rule))
    original = judging(rule)(change(meant, before=before(rule))) if meant else original
    one = _built(embedded, rule, original.migrations)
    other = _built(embedded, rule, after.migrations)
    assert differences(one[0], other[0]).lines == ()
    assert one[1] == other[1]


def _built(
    server: RunningServer, rule: Rule, migrations: tuple[JudgedMigration, ...]
) -> tuple[Any, servers.Rows]:
    with servers.fresh(server) as connection:
        servers.run(connection, judging(rule)(change(*before(rule))).migrations)
        if name_of(rule) not in WITHOUT_ROWS:
            servers.fill(connection)
        servers.run(connection, migrations)
        return servers.schema(connection), servers.rows(connection, hide=HIDDEN)
