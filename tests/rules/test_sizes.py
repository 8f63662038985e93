"""Which rules are about size, and what a size makes of their findings."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from bot.core.findings.finding import Finding, Severity
from bot.core.findings.review import JudgedMigration
from bot.core.findings.rule import name_of, subject_of
from bot.core.rehearsals.sized import Sized, sized
from bot.core.rehearsals.sizes import RelationSize, Sizes
from bot.judge.sizes import Touched
from bot.rules import RULES
from tests.judging import applied_by, before_of, judged

OF_SQL: list[Any] = [
    rule for rule in RULES if isinstance(vars(rule)["BAD"], str) and subject_of(rule) != "rehearsal"
]
WEIGHED = [each for each in OF_SQL if sized(each) not in (None, Sized.SHOWN)]
SMALL, LARGE = 8_192, 800_000_000

# Their examples make others wait, or go through a whole table, and yet that is not what they are
# about: a table's size makes such a finding neither better nor worse.
REASONS = {
    "it breaks the version of the application that is running": (
        "rename-table rename-column column-type-client-break drop-not-null default-dropped "
        "identity-change default-changed add-column-shape-change new-write-restriction "
        "set-schema-move view-dropped rename-object sequence-dropped view-function-replaced "
        "prisma-updated-at-required replica-identity-change trigger-dropped trigger-toggle "
        "sequence-changed dependent-objects"
    ),
    "it is refused, or fails half-way, whatever the size": (
        "concurrently-in-transaction prisma-concurrently-not-alone concurrently-unsupported-target "
        "pending-trigger-events prisma-missing-dependency "
        "enum-value-used-same-tx column-type-blocked index-drop-constraint-owned "
        "unique-using-index invalid-index-retry add-column-json"
    ),
    "it is about what the rows will be from now on": (
        "drop-cascade inheritance-change pk-dropped constraint-dropped check-volatile "
        "constraint-not-enforced constraint-deferrable-change fk-definition-risk "
        "fk-cascade-action add-column-stable-default add-column-if-not-exists "
        "index-build-corruption-pg14"
    ),
    "it is about who may read which rows": "rls-disabled rls-enabled-no-policy policy-change",
    "it is about names, habits or a design for years": (
        "drop-name-convention policy-naming policy-ownership application-name-missing "
        "index-redundant index-wide index-unnamed index-ext-params constraint-unnamed"
    ),
    "its size is that of a query's result, and its time that of the query": (
        "matview-refresh-concurrent"
    ),
    "the timeout is wrong, and would be for any table": "timeout-ineffective retry-storm",
}
NOT_ABOUT_SIZE = {name for names in REASONS.values() for name in names.split()}


@cache
def example(rule: Any, sizes: Sizes | None = None) -> JudgedMigration:
    """Its BAD judged by it alone. A severity that somebody chose would not be weighed, so that a
    rule which is off is tried with none."""
    off = {} if rule.SEVERITY else {"severities": {name_of(rule): Severity.NOTICE}}
    before = before_of(rule)
    return judged(rule.BAD, before=before, rules=[rule], sizes=sizes, **off, **applied_by(rule))


def found(rule: Any, sizes: Sizes | None = None) -> Finding:
    return next(each for each in example(rule, sizes).findings if each.rule == name_of(rule))


def touched_by(rule: Any) -> Touched:
    """What the statement that the rule complains about does to tables in use."""
    result = example(rule)
    place = found(rule).statement
    if place is None or not result.statements:
        return Touched((), (), blocks=False)
    return Touched.by(result.statements[place].effects)


def all_of(rule: Any, size: int, *, days_ago: int = 1) -> Sizes:
    """Every relation of the rule's example with the same size, in a target."""
    effects = [each.effects for each in example(rule).statements]
    names = {lock.relation for each in effects for lock in each.locks}
    names |= {name for each in effects for name in (*each.rewrites, *each.scans)}
    # The examples are judged on the first of March.
    taken_at = datetime(2024, 2, 29 - days_ago, tzinfo=UTC)
    relations = tuple(RelationSize(each, bytes=size, heap=size) for each in sorted(names))
    return Sizes("production", taken_at, 16, relations)


@pytest.mark.parametrize("rule", OF_SQL, ids=name_of)
def test_a_rule_whose_example_makes_others_wait_says_whether_it_is_about_size(rule: Any) -> None:
    touched = touched_by(rule)
    if touched.blocks or touched.work:
        assert (sized(rule) is None) == (name_of(rule) in NOT_ABOUT_SIZE), (
            f"{name_of(rule)} declares SIZED, or has a reason in this test not to"
        )


def test_every_reason_is_for_a_rule_that_says_nothing_of_sizes_itself() -> None:
    assert {name_of(rule) for rule in OF_SQL if sized(rule) is None} >= NOT_ABOUT_SIZE
    assert len(NOT_ABOUT_SIZE) == sum(len(names.split()) for names in REASONS.values())


@pytest.mark.parametrize("rule", [each for each in OF_SQL if sized(each)], ids=name_of)
def test_a_rule_about_size_tells_the_size(rule: Any) -> None:
    assert found(rule).size is None
    size = found(rule, all_of(rule, LARGE)).size
    assert size is not None
    assert size.bytes == LARGE


@pytest.mark.parametrize("rule", WEIGHED, ids=name_of)
def test_waiting_for_a_small_table_is_a_notice(rule: Any) -> None:
    usual, small = found(rule), found(rule, all_of(rule, SMALL))

    assert small.severity is Severity.NOTICE
    assert small.usual is (usual.severity if usual.severity is not Severity.NOTICE else None)
    assert small.fingerprint == usual.fingerprint


@pytest.mark.parametrize("rule", WEIGHED, ids=name_of)
def test_working_through_a_large_table_while_others_wait_is_an_error(rule: Any) -> None:
    usual, large = found(rule), found(rule, all_of(rule, LARGE))

    touched = touched_by(rule)
    heavy = sized(rule) is Sized.WORK and touched.work and touched.blocks
    raised = usual.severity is Severity.WARNING and heavy
    assert large.severity is (Severity.ERROR if raised else usual.severity)


@pytest.mark.parametrize("rule", WEIGHED, ids=name_of)
def test_between_the_two_nothing_changes(rule: Any) -> None:
    usual, between = found(rule), found(rule, all_of(rule, 20_000_000))

    assert (between.severity, between.usual) == (usual.severity, None)


@pytest.mark.parametrize(
    "rule", [each for each in OF_SQL if sized(each) in (None, Sized.SHOWN)], ids=name_of
)
@pytest.mark.parametrize("size", [0, LARGE])
def test_what_is_not_about_waiting_is_as_grave_as_ever(rule: Any, size: int) -> None:
    usual, sized_one = found(rule), found(rule, all_of(rule, size))

    assert (sized_one.severity, sized_one.usual) == (usual.severity, None)
    assert (sized_one.size is None) == (sized(rule) is None)
