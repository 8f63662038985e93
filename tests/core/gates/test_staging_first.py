from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.gates.closing import Closing
from bot.core.gates.gate import Gate
from bot.core.gates.staging_first import staging_first_gate
from bot.core.github.deployment import Carried
from bot.core.migrations.migration import checksum_of
from bot.core.rollouts.progress import State
from bot.core.settings import default_targets
from tests.fakes import NOON, migration

PRODUCTION = default_targets()["production"]
SOAKED = replace(PRODUCTION, closing=Closing(soak=timedelta(minutes=30)))
ADD = migration("20260101000000_add", "CREATE TABLE a()")
MORE = migration("20260102000000_more", "CREATE TABLE b()")
DONE = Carried(ADD.checksum, at=NOON)


def gate(
    earlier: Mapping[str, Carried] | None, *, minutes: float = 0, soaked: bool = False
) -> Gate:
    target = SOAKED if soaked else PRODUCTION
    return staging_first_gate(target, [ADD], earlier, NOON + timedelta(minutes=minutes))


def test_staging_first_wants_the_same_text_applied_there() -> None:
    assert gate({ADD.name: DONE}).open


def test_staging_with_other_line_ends_applied_the_same_text() -> None:
    here = replace(ADD, sql="a\r\nb")
    there = {here.name: Carried(checksum_of("a\nb"))}

    assert staging_first_gate(PRODUCTION, [here], there, NOON).open


@pytest.mark.parametrize(
    ("earlier", "says"),
    [
        (None, "nothing could say"),
        ({}, "has not applied"),
        ({ADD.name: Carried("0" * 64)}, "another text"),
        ({ADD.name: replace(DONE, state=State.FAILED, note="It broke.")}, "succeeded: It broke"),
        (
            {ADD.name: replace(DONE, state=State.APPLYING)},
            "newest rollout of it to staging has not",
        ),
        ({ADD.name: replace(DONE, verified=False, note="Not verified: x")}, "found wrong"),
    ],
)
def test_staging_first_stays_closed_with_a_reason_and_a_hint(
    earlier: Mapping[str, Carried] | None, says: str
) -> None:
    found = gate(earlier)

    assert not found.open
    assert says in found.reason
    assert found.hint


def test_while_it_soaks_it_says_when_it_opens() -> None:
    found = gate({ADD.name: DONE}, minutes=20, soaked=True)

    assert not found.open
    assert "wants 30 min 0 s of that: it opens 2026-11-22 12:30 UTC, in 10 min 0 s" in found.reason


def test_what_has_soaked_is_open() -> None:
    assert gate({ADD.name: DONE}, minutes=30, soaked=True).open


def test_without_a_time_nothing_has_soaked() -> None:
    found = gate({ADD.name: replace(DONE, at=None)}, minutes=600, soaked=True)

    assert not found.open
    assert "nothing says since when" in found.reason


carried = st.builds(
    Carried,
    st.sampled_from([ADD.checksum, MORE.checksum, "0" * 64]),
    st.sampled_from(State),
    st.none() | st.datetimes().map(lambda each: each.replace(tzinfo=UTC, year=2026)),
    st.booleans(),
)


@given(
    st.dictionaries(st.sampled_from([ADD.name, MORE.name]), carried),
    st.timedeltas(timedelta(0), timedelta(days=2)),
)
def test_it_opens_for_nothing_but_the_same_text_applied_verified_and_soaked(
    earlier: dict[str, Carried], soak: timedelta
) -> None:
    target = replace(PRODUCTION, closing=Closing(soak=soak))
    found = staging_first_gate(target, [ADD, MORE], earlier, NOON)
    fine = all(
        each.name in earlier
        and earlier[each.name].checksum == each.checksum
        and earlier[each.name].done
        and earlier[each.name].verified
        and (not soak or ((at := earlier[each.name].at) is not None and at + soak <= NOON))
        for each in (ADD, MORE)
    )

    assert found.open == fine
    assert bool(found.hint) is not fine
