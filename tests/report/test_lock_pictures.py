"""The lock timeline as Mermaid and as SVG, and what hostile names can do to either."""

import re
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.rehearsal import MeasuredLock, RehearsedMigration
from bot.report.rehearsals.gantt import lock_gantt, plain
from bot.report.rehearsals.lock_timeline_svg import lock_timeline_svg, review_timeline_svg
from bot.report.rehearsals.timeline import Timeline
from tests.report.rehearsal_samples import (
    BACKFILL,
    RAN_COUPONS,
    locks_of_all_kinds,
    ran,
    rehearsal_samples,
)
from tests.report.samples import HOSTILE, samples, statement

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


KNOWN = {"svg", "g", "title", "desc", "style", "rect", "line", "text"}
NAMESPACE = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


@given(NAMES, NAMES)
@example(HOSTILE, HOSTILE)
@example("</text><script>alert(1)</script>", '" onload="alert(1)')
@example("\ufffe\uffff", "\x00")
@settings(max_examples=60)
def test_any_name_makes_a_picture_of_known_parts(relation: str, kind: str) -> None:
    made = lock_timeline_svg(one_lock(relation), (statement("SELECT 1", kind=kind),))
    root = parsed(made)
    assert {each.tag.removeprefix(NAMESPACE) for each in root.iter()} <= KNOWN
    attributes = {name for each in root.iter() for name in each.attrib}
    assert not [name for name in attributes if name.startswith("on") or "href" in name]
    assert len(root.findall(f".//{NAMESPACE}style")) == 1


def test_the_picture_says_in_words_what_it_shows() -> None:
    root = parsed(lock_timeline_svg(locks_of_all_kinds(), BACKFILL.statements))
    assert root.attrib["role"] == "img"
    labels = root.attrib["aria-labelledby"].split()
    title, desc = (next(e for e in root.iter() if e.attrib.get("id") == each) for each in labels)
    assert title.text == "Locks of 20261120120000_backfill_currency"
    assert desc.text is not None
    assert desc.text.startswith("orders, line 1: reads and writes wait from under 0.1 ms to 60 ms.")


def test_the_picture_needs_nothing_from_elsewhere_and_follows_the_readers_light() -> None:
    made = lock_timeline_svg(locks_of_all_kinds(), BACKFILL.statements)
    assert made.count("://") == 1
    assert "prefers-color-scheme:dark" in made
    assert "url(" not in made
    assert "@import" not in made


def test_a_picture_without_locks_says_so() -> None:
    assert "No lock that others wait for." in lock_timeline_svg(RAN_COUPONS)
    assert parsed(lock_timeline_svg(RehearsedMigration("x"))) is not None


def test_all_migrations_of_a_review_are_one_picture() -> None:
    made = review_timeline_svg(rehearsal_samples()["rehearsed_estimates"].review)
    root = parsed(made)
    assert [each.text for each in root.iter() if each.attrib.get("class") == "name"] == [
        "20261120100000_index_orders_by_user",
        "20261120110000_widen_order_total",
    ]
    tops = [each.attrib["transform"] for each in root.iter(f"{NAMESPACE}g")]
    assert tops == ["translate(0 0)", "translate(0 164)"]
    assert root.attrib["height"] == "328"
    assert "Locks of 2 migrations" in made


def test_a_review_without_a_rehearsal_is_an_empty_picture() -> None:
    made = review_timeline_svg(samples()["all_well"].review)
    assert "Locks of 0 migrations" in made
    assert list(parsed(made).iter(f"{NAMESPACE}g")) == []


def test_a_picture_has_an_end() -> None:
    locks = [MeasuredLock(f"public.t{n}", EXCLUSIVE) for n in range(100)]
    made = lock_timeline_svg(RehearsedMigration("x", (ran(0, 1.0, *locks),)))
    assert "40 more not shown" in made
    assert made.count('class="track"') == 60


def test_nothing_is_drawn_outside_the_picture() -> None:
    root = parsed(lock_timeline_svg(locks_of_all_kinds(), BACKFILL.statements))
    for each in root.iter(f"{NAMESPACE}rect"):
        left, width = float(each.attrib.get("x", 0)), float(each.attrib["width"])
        assert 0 <= left <= left + width <= 400
