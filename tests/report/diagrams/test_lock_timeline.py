"""The lock timeline: what is in it, to which scale, and what names can do to it."""

import pytest
from hypothesis import given, settings

from bot.core.migrations.effects import LockMode
from bot.core.rehearsals.refusal import Refusal, Stop
from bot.core.rehearsals.rehearsal import (
    MeasuredLock,
    RehearsedMigration,
    RehearsedStatement,
)
from bot.report.diagrams.lock_panels import Wait
from bot.report.diagrams.lock_timeline import (
    lock_timeline,
    lock_timeline_as_text,
    review_timeline,
)
from tests.report.diagrams.pictures import ATTACKS, NAMES, SVG, parsed, texts
from tests.report.rehearsal_samples import (
    BACKFILL,
    RAN_COUPONS,
    locks_of_all_kinds,
    ran,
    rehearsal_samples,
)
from tests.report.samples import HOSTILE, samples, statement

EXCLUSIVE, SHARE = LockMode.ACCESS_EXCLUSIVE, LockMode.SHARE
WIDTHS = (360.0, 960.0)


def bars(svg: str, kind: str) -> list[tuple[float, float]]:
    """From where to where they reach, in the order in which they are drawn."""
    found = (each.attrib for each in parsed(svg).iter(f"{SVG}rect"))
    return [
        (float(each["x"]), float(each["x"]) + float(each["width"]))
        for each in found
        if each.get("class") == kind and float(each["height"]) == 12 and each["width"] != "24"
    ]


def test_statements_and_locks_stand_in_rows_with_what_they_came_to() -> None:
    said = texts(lock_timeline(locks_of_all_kinds(), BACKFILL.statements))
    assert "Line 1, ALTER TABLE" in said
    assert "48 ms" in said
    assert "orders" in said
    assert "AccessExclusive" in said
    assert "reads and writes wait, 60 ms" in said
    assert "writes wait, 11 ms" in said


def test_bars_are_to_scale() -> None:
    made = lock_timeline(RehearsedMigration("x", (ran(0, 25.0), ran(1, 75.0))))
    (left, middle), (again, right) = bars(made, "solid")
    assert middle == pytest.approx(again)
    assert (middle - left) * 3 == pytest.approx(right - again, abs=0.5)


@pytest.mark.parametrize("width", WIDTHS)
def test_what_is_too_short_to_be_seen_is_drawn_inside_all_the_same(width: float) -> None:
    made = lock_timeline(RehearsedMigration("x", (ran(0, 900.0), ran(1, 0.01))), width=width)
    (left, first_end), (start, end) = bars(made, "solid")
    assert end - start >= 3
    assert left < start <= first_end
    assert end <= width
    assert any("is drawn wider" in each for each in texts(made))


def test_who_waits_is_told_by_pattern_and_by_words() -> None:
    made = lock_timeline(locks_of_all_kinds(), BACKFILL.statements)
    assert bars(made, "wait-all")
    assert bars(made, "wait-write")
    assert 'class="stripes"' in made
    assert {"Reads and writes wait", "Writes wait, reads go on"} <= set(texts(made))


def test_what_is_not_there_is_not_explained() -> None:
    said = texts(lock_timeline(RAN_COUPONS))
    assert "Reads and writes wait" not in said
    assert "None." in said


def test_reads_that_wait_for_a_shorter_time_than_writes_are_told_apart() -> None:
    weak = ran(0, 30.0, MeasuredLock("public.a", SHARE, held_ms=99))
    strong = ran(1, 10.0, MeasuredLock("public.a", EXCLUSIVE, held_ms=99))
    said = texts(lock_timeline(RehearsedMigration("x", (weak, strong))))
    assert "reads wait 10 ms, writes 40 ms" in said


def test_a_weaker_lock_does_not_hide_a_stronger_one() -> None:
    strong = ran(0, 10.0, MeasuredLock("public.a", EXCLUSIVE, held_ms=99))
    weak = ran(1, 30.0, MeasuredLock("public.a", SHARE, held_ms=99))
    made = parsed(lock_timeline(RehearsedMigration("x", (strong, weak))))
    drawn = [each.attrib.get("class", "") for each in made.iter(f"{SVG}rect")]
    assert [each for each in drawn if "wait" in each][:2] == ["wait-write", "wait-all"]


def test_locks_on_what_is_new_are_only_named() -> None:
    made = RehearsedMigration("x", (ran(0, 1.0, MeasuredLock("public.n", EXCLUSIVE, new=True)),))
    assert "New, so that nobody waits: n." in texts(lock_timeline(made))


def test_a_statement_that_was_stopped_says_so() -> None:
    refused = Refusal(Stop.REFUSED, "no", statement=1)
    made = RehearsedMigration("x", (ran(0, 1.0), RehearsedStatement(1)), refused=refused)
    said = texts(lock_timeline(made))
    assert "stopped here" in said
    assert "2 statements, 1 ms in the rehearsal, then it was stopped" in said


def test_what_a_rollout_waited_is_told_beside_its_statement() -> None:
    made = lock_timeline(RehearsedMigration("x", (ran(0, 1.0),)), waits={0: Wait(2100, 3)})
    assert "1 ms, waited 2.1 s (3 attempts)" in texts(made)


def test_the_description_tells_the_locks_and_the_text_tells_everything() -> None:
    root = parsed(lock_timeline(locks_of_all_kinds(), BACKFILL.statements))
    desc = root.find(f"{SVG}desc")
    assert desc is not None
    assert "orders: reads and writes wait, 60 ms" in (desc.text or "")
    told = lock_timeline_as_text(locks_of_all_kinds(), BACKFILL.statements).splitlines()
    assert told[1] == 'Line 3, UPDATE "orders": 48 ms'
    assert "orders: reads and writes wait (AccessExclusiveLock) from the start to 60 ms" in told


def test_all_migrations_of_a_review_are_one_picture() -> None:
    made = review_timeline(rehearsal_samples()["rehearsed_estimates"].review)
    heads = [each.text for each in parsed(made).iter() if each.attrib.get("class") == "head"]
    assert heads == ["20261120100000_index_orders_by_user", "20261120110000_widen_order_total"]
    assert "Locks of 2 migrations" in made


def test_a_review_without_a_rehearsal_is_an_empty_picture() -> None:
    assert "Nothing was rehearsed." in review_timeline(samples()["all_well"].review)


def test_a_picture_has_an_end() -> None:
    locks = [MeasuredLock(f"public.t{n}", EXCLUSIVE) for n in range(100)]
    many = tuple(ran(n, 1.0, *(locks if n == 0 else ())) for n in range(100))
    said = texts(lock_timeline(RehearsedMigration("x", many)))
    assert "40 more statements not shown." in said
    assert "40 more locked relations not shown." in said


@given(NAMES, NAMES)
@settings(max_examples=40, deadline=None)
def test_any_name_makes_a_picture_of_known_parts(relation: str, kind: str) -> None:
    hostile(relation, kind)


@pytest.mark.parametrize("name", [*ATTACKS, HOSTILE])
def test_an_attack_is_only_a_name(name: str) -> None:
    hostile(name, name)


def hostile(relation: str, kind: str) -> None:
    one = RehearsedMigration(relation, (ran(0, 2.0, MeasuredLock(relation, EXCLUSIVE)),))
    for width in WIDTHS:
        parsed(lock_timeline(one, (statement("SELECT 1", kind=kind),), width=width))
