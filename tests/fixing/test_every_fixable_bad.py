"""Every rule that can say what to write instead: its BAD is rewritten, judged again, and run on a
real server beside the original. Both must leave the same schema and the same rows."""

from typing import Any

import pytest

from bot import rules
from bot.core.findings.finding import Severity, Verdict
from bot.core.findings.fixed import Fixing
from bot.core.findings.review import JudgedMigration, Review
from bot.core.findings.rule import Rule, name_of
from bot.core.migrations.history import Change
from bot.core.schemas.schema import differences
from bot.fixing.fix import Wish, fix
from bot.judge.context import Rewriting
from bot.judge.judge import judge
from tests.conftest import RunningServer
from tests.fixing import servers
from tests.judging import applied_by, before_of, change

FIXABLE: list[Any] = [rule for rule in rules.RULES if isinstance(rule, Rewriting)]
# The warnings that may be left, by rule. All others are a defect of the rule that nags about what
# fix wrote, or of the example.
LEFT_TO_PEOPLE = {
    # How many rows there are is known only in production, and a migration is one transaction.
    "add-column-volatile-default": {"backfill-unbatched"},
    "add-column-autoincrement": {"backfill-unbatched"},
    # What the old rows get. Until somebody fills them, the migration would stop.
    "add-column-required": {"set-not-null-may-fail"},
    # Whether deletes in the other table are so rare that no index is needed.
    "add-column-inline-fk": {"fk-without-index"},
    # That it is dropped, or changed, at all: that is what the author wants.
    "analyze-missing": {"column-type-client-break"},
    "drop-cascade": {"view-dropped"},
    "fk-drop-locks-referenced": {"constraint-dropped"},
}
# Notices, most of them off by default, that the safe way brings along.
NEW_WHEN_ALL_ARE_ON = {
    # Said of the parts as it could have been said of the whole.
    "fk-locks-referenced",
    "index-redundant",
    "new-write-restriction",
    "operator-context",
    # What building CONCURRENTLY means: look whether it finished, and wait until it has.
    "matview-refresh-concurrent",
    "unique-using-index",
    # About how a team writes files, and what it sets for its sessions.
    "analyze-missing",
    "idle-timeout-missing",
    "policy-comments",
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
    "savepoint-in-migration": 'CREATE TABLE "A" ("id" BIGINT NOT NULL PRIMARY KEY);',
}


def before(rule: Any) -> tuple[str, ...]:
    more = MORE_BEFORE.get(name_of(rule))
    return (*before_of(rule), *([more] if more else []))


def judging(rule: Any) -> Any:
    """All rules, with this one switched on."""
    given = options(rule)

    def judged(made: Change) -> Review:
        return judge(made, rules.RULES, **given)

    return judged


def options(rule: Any) -> dict[str, Any]:
    severities = {name_of(rule): rule.SEVERITY or Severity.NOTICE}
    return {"severities": severities, **applied_by(rule)}


def fixed(rule: Any, sql: str | None = None) -> tuple[Fixing, Review, Review]:
    """The fixing, with the judgement of the original and of the result."""
    given = change(rule.BAD if sql is None else sql, before=before(rule))
    judged = judging(rule)
    made = fix(given, judged, wish=Wish({name_of(rule)}))
    made = fix(made.change, judged)
    return made, judged(given), judged(made.change)


@pytest.mark.parametrize("rule", FIXABLE, ids=name_of)
def test_the_finding_is_gone_and_the_check_of_the_result_passes(rule: Any) -> None:
    _, original, after = fixed(rule)
    assert name_of(rule) in {each.rule for each in original.all_findings}
    left = [each for each in after.all_findings if each.allowed is None]
    assert name_of(rule) not in {each.rule for each in left}
    assert after.verdict is not Verdict.BLOCK
    warned = {each.rule for each in left if each.severity is not Severity.NOTICE}
    assert warned == LEFT_TO_PEOPLE.get(name_of(rule), set())


@pytest.mark.parametrize("rule", FIXABLE, ids=name_of)
def test_with_every_rule_switched_on_little_comes_that_was_not_there(rule: Any) -> None:
    made, _, _ = fixed(rule)
    everything = {name_of(each): each.SEVERITY or Severity.NOTICE for each in rules.RULES}
    all_on = {**options(rule), "severities": everything}
    was, now = (
        {each.rule for each in judge(one, rules.RULES, **all_on).all_findings}
        for one in (change(rule.BAD, before=before(rule)), made.change)
    )
    assert now - was <= NEW_WHEN_ALL_ARE_ON | LEFT_TO_PEOPLE.get(name_of(rule), set())
    assert name_of(rule) not in now


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
