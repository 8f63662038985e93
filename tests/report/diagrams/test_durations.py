"""Predicted against actual durations: to which scale, what missed, and what names can do to it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.report.diagrams.durations import Took, duration_chart, duration_chart_as_text
from tests.report.diagrams.pictures import ATTACKS, NAMES, SVG, parsed, texts

WIDEN = "20261120110000_widen_order_total"
RUNS = (
    Took(WIDEN, 95_000, (70_000, 200_000), "production"),
    Took(WIDEN, 41_000, (9_000, 26_000), "staging"),
    Took("20261118090000_add_coupons", 3, (8, 9)),
    Took("20261117090000_new", 640),
    Took("20261116090000_backfill", None, (60_000, 120_000), "failed"),
)


@pytest.mark.parametrize(
    ("actual", "predicted", "verdict"),
    [
        (95.0, (70.0, 200.0), "as predicted"),
        (70.0, (70.0, 200.0), "as predicted"),
        (69.0, (70.0, 200.0), "faster"),
        (201.0, (70.0, 200.0), "slower"),
        (12.0, (8.0, 8.0), "as predicted"),
        (12.1, (8.0, 8.0), "slower"),
        (5.0, (8.0, 8.0), "faster"),
        (5.0, None, ""),
        (None, (1.0, 2.0), ""),
    ],
)
def test_a_duration_is_held_against_its_prediction(
    actual: float | None, predicted: tuple[float, float] | None, verdict: str
) -> None:
    assert Took("x", actual, predicted).verdict == verdict


def test_each_is_told_with_what_was_predicted_of_it() -> None:
    said = texts(duration_chart(RUNS))
    assert "widen_order_total, production" in said
    assert "1 min 35 s, predicted 70 to 200 s" in said
    assert "640 ms" in said
    assert "not known, predicted 60 to 120 s" in said


def test_what_missed_its_prediction_has_another_mark_than_what_met_it() -> None:
    root = parsed(duration_chart(RUNS))
    marks = [e.attrib["class"] for e in root.iter() if "spot" in e.attrib.get("class", "")]
    rows = marks[:4]
    assert rows == ["spot accent", "spot fill-changed", "spot fill-added", "spot accent"]
    assert {"Slower than predicted", "Faster than predicted"} <= set(texts(duration_chart(RUNS)))


def test_the_axis_is_logarithmic_only_where_durations_are_far_apart() -> None:
    even = [Took(f"r{n}", 300.0 + n) for n in range(5)]
    note = "Each line is ten times the one before"
    assert note in texts(duration_chart(RUNS))
    assert note not in texts(duration_chart(even))
    assert "0" in texts(duration_chart(even))


DURATIONS = st.floats(0, 1e9)
RUN = st.builds(
    Took,
    NAMES,
    st.none() | DURATIONS,
    st.none() | st.tuples(DURATIONS, DURATIONS).map(lambda pair: (min(pair), max(pair))),
    NAMES,
)


@given(st.lists(RUN, max_size=8), st.sampled_from([360.0, 960.0]))
@settings(max_examples=60, deadline=None)
def test_whatever_is_measured_is_drawn_inside_of_the_picture(
    runs: list[Took], width: float
) -> None:
    root = parsed(duration_chart(runs, width=width))
    for each in root.findall(f"{SVG}circle"):
        assert 0 <= float(each.attrib["cx"]) <= width


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_only_a_name(name: str) -> None:
    parsed(duration_chart([Took(name, 1.0, None, name)]))


def test_nothing_is_an_empty_picture_and_too_much_has_an_end() -> None:
    assert "None." in texts(duration_chart([]))
    many = [Took(f"r{n}", 5.0) for n in range(75)]
    assert "15 more not shown." in texts(duration_chart(many))


def test_the_same_in_words() -> None:
    said = duration_chart_as_text(RUNS).splitlines()
    assert said[1] == f"{WIDEN}, staging: 41.0 s, predicted 9 to 26 s (slower)"
    desc = parsed(duration_chart(RUNS)).find(f"{SVG}desc")
    assert desc is not None
    assert "5 rollouts. 1 as predicted. 1 slower. 1 faster." in (desc.text or "")
