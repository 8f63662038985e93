"""The lock timeline as Mermaid, and what hostile names can do to it."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.rehearsal import MeasuredLock, RehearsedMigration
from bot.report.rehearsals.gantt import lock_gantt, plain
from bot.report.rehearsals.timeline import Timeline
from tests.report.rehearsal_samples import BACKFILL, RAN_COUPONS, ran
from tests.report.samples import HOSTILE

EXCLUSIVE = LockMode.ACCESS_EXCLUSIVE
NAMES = st.text(st.characters(exclude_categories=[]), max_size=60)
# Every line that a diagram may consist of: what is ours, and names of harmless characters.
LINE = re.compile(
    r'%%\{init: \{"gantt": \{"leftPadding": \d+\}\}\}%%|gantt'
    r"|    (accTitle|accDescr): [A-Za-z ]+|    dateFormat x|    todayMarker off"
    r"|    axisFormat (%Q µs|%s ms|%s s)|    tickInterval [125]0*millisecond"
    r"|    section [\w.\- ]+…?"
    r"|    Line \d+, [A-Za-z ]+ :(crit|active), \d+, [1-9]\d*ms"
)


def one_lock(name: str, *, held_ms: float = 2.0) -> RehearsedMigration:
    return RehearsedMigration(name, (ran(0, held_ms, MeasuredLock(name, EXCLUSIVE)),))


def gantt(rehearsed: RehearsedMigration) -> str:
    return lock_gantt(Timeline(rehearsed), BACKFILL.statements)


@given(NAMES)
@example(HOSTILE)
@example("x :crit, 0, 1ms\n    click a call alert(1)")
@example("%%{init: {'securityLevel': 'loose'}}%%")
@example("end; section y #35; <img src=x>")
def test_no_name_gets_out_of_its_place_in_the_diagram(name: str) -> None:
    for line in gantt(one_lock(name)).split("\n"):
        assert LINE.fullmatch(line), line


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("orders", "orders"),
        ("public.orders", "orders"),
        ("billing.payments", "billing.payments"),
        ("a:b;c#d%%e", "a_b_c_d__e"),
        ("a--b-->c", "a-_b-__c"),
        ("Größe", "Größe"),
        ("\u202e", "_U_202E_"),
        ("", "_"),
        ("x" * 99, "x" * 27 + "…"),
    ],
)
def test_a_name_in_a_diagram_is_letters_and_digits(name: str, shown: str) -> None:
    assert plain(name) == shown


def test_where_nobody_waits_there_is_no_diagram() -> None:
    assert lock_gantt(Timeline(RAN_COUPONS), ()) == ""


def test_too_many_locks_make_no_diagram() -> None:
    locks = [MeasuredLock(f"public.t{n}", EXCLUSIVE) for n in range(31)]
    assert gantt(RehearsedMigration("x", (ran(0, 1.0, *locks),))) == ""
    assert gantt(RehearsedMigration("x", (ran(0, 1.0, *locks[:30]),))).count("Line 1") == 30


@pytest.mark.parametrize(
    ("held", "axis", "bar"),
    [(2.0, "%Q µs", "0, 2000ms"), (60.0, "%s ms", "0, 60000ms"), (90_000.0, "%s s", "0, 90000ms")],
)
def test_the_axis_is_in_the_unit_that_suits(held: float, axis: str, bar: str) -> None:
    made = gantt(one_lock("public.orders", held_ms=held))
    assert f"axisFormat {axis}\n" in made
    assert made.endswith(bar)


def test_a_lock_of_no_length_is_still_drawn() -> None:
    assert gantt(one_lock("public.orders", held_ms=0.0)).endswith(":crit, 0, 1ms")
