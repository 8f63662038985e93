"""The waves of a fleet: who is done, who was left as he was, and what names can do to it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.targets.fleet_outcome import FleetOutcome, TenantResult, TenantState
from bot.report.diagrams.fleet_waves import fleet_waves, fleet_waves_as_text
from tests.report.diagrams.pictures import ATTACKS, NAMES, SVG, parsed, texts

S = TenantState
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def outcome(*tenants: TenantResult, stopped: str = "") -> FleetOutcome:
    waves = tuple(dict.fromkeys(each.wave for each in tenants))
    return FleetOutcome("production", NOW, waves, tenants, stopped=stopped)


def wave(name: str, **states: int) -> list[TenantResult]:
    return [
        TenantResult(
            f"{name}-{state}-{n}", name, getattr(TenantState, state.upper()), message="No room."
        )
        for state, count in states.items()
        for n in range(count)
    ]


FLEET = outcome(
    *wave("canary", applied=1),
    *wave("early", waiting=2, parked=1, applied=8, current=1, failed=1),
    *wave("rest", applied=300, parked=12, broken=1, begun=4, waiting=583),
    stopped="It went over its budget.",
)


def cells(svg: str, row: int) -> list[tuple[str, str]]:
    """The classes of what is drawn in a row, and what each says."""
    top = 16 + 24 * row + 6
    return [
        (each.attrib["class"], each.findtext(f"{SVG}title", ""))
        for each in parsed(svg).findall(f"{SVG}rect")
        if each.attrib.get("y") == str(top) and each.attrib["class"] != "track"
    ]


def test_each_wave_says_how_far_it_is() -> None:
    said = texts(fleet_waves(FLEET))
    assert "1 of 1 done" in said
    assert "9 of 13 done, 1 parked, 1 failed" in said
    assert "300 of 900 done, 12 parked, 1 failed" in said


def test_each_tenant_of_a_small_wave_has_a_cell_and_those_that_are_done_come_first() -> None:
    found = cells(fleet_waves(FLEET), 1)
    assert [style for style, _ in found] == [
        *["fill-added"] * 9,
        "fill-changed",
        "fill-removed",
        *["range"] * 2,
    ]
    assert found[9][1] == "early-parked-0: parked"


def test_a_large_wave_is_a_bar_of_shares() -> None:
    assert cells(fleet_waves(FLEET), 2) == [
        ("fill-added", "300 tenants: applied"),
        ("fill-changed", "12 tenants: parked"),
        ("fill-removed", "1 tenant: broken"),
        ("accent", "4 tenants: begun"),
        ("range", "583 tenants: not started"),
    ]


def test_states_are_told_apart_without_colours() -> None:
    made = fleet_waves(FLEET)
    assert 'class="stripes"' in made
    assert 'class="thread"' in made
    assert {"Done", "Parked: left as it was", "Failed", "To come"} <= set(texts(made))


def test_a_state_that_nobody_is_in_is_not_explained() -> None:
    said = texts(fleet_waves(outcome(*wave("all", applied=3))))
    assert "Done" in said
    assert "Failed" not in said


def test_a_fleet_without_waves_is_an_empty_picture() -> None:
    assert "No waves." in texts(fleet_waves(outcome()))


def test_the_same_in_words_with_those_that_want_somebody_to_look() -> None:
    said = fleet_waves_as_text(FLEET).splitlines()
    assert said[0].startswith("914 tenants: 310 done")
    assert "Wave canary: 1 done" in said
    assert "It went over its budget." in said
    assert "early-parked-0: parked, No room." in said
    assert not [each for each in said if "waiting" in each]


WAVES = st.lists(
    st.tuples(NAMES, st.lists(st.sampled_from(S), max_size=100)),
    max_size=4,
    unique_by=lambda e: e[0],
)


@given(WAVES, st.sampled_from([360.0, 960.0]))
@settings(max_examples=40, deadline=None)
def test_any_fleet_is_drawn_inside_of_its_picture(
    waves: list[tuple[str, list[TenantState]]], width: float
) -> None:
    tenants = [TenantResult(name, name, state) for name, states in waves for state in states]
    parsed(fleet_waves(outcome(*tenants), width=width))


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_only_a_name(name: str) -> None:
    parsed(fleet_waves(outcome(TenantResult(name, name, S.PARKED, message=name))))
