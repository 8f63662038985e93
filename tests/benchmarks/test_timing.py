"""The arithmetic of the benchmarks: rounds in turns, ratios within a round, and how it is told."""

import pytest

from benchmarks.timing import LEAST, Sample, in_turns, noise, rounds_of, stopwatch


def test_work_is_done_in_turns_after_a_warm_up() -> None:
    diary: list[str] = []

    def work(name: str, seconds: float) -> float:
        diary.append(name)
        return seconds

    measured = in_turns(
        {"a": lambda: work("a", 2.0), "b": lambda: work("b", 3.0)}, rounds=2, warm_up=1
    )

    assert diary == ["a", "b"] * 3
    assert measured == {"a": Sample((2.0, 2.0)), "b": Sample((3.0, 3.0))}


@pytest.mark.parametrize(("allowed", "done"), [(59, 4), (60, 5), (1000, 9), (1, LEAST)])
def test_no_round_begins_that_would_end_too_late(allowed: float, done: int) -> None:
    """Each takes ten seconds, and so does the warm-up."""
    now = [0.0]

    def work() -> float:
        now[0] += 10
        return 10.0

    measured = in_turns({"a": work}, rounds=9, seconds=allowed, clock=lambda: now[0])

    assert rounds_of(measured) == f"{done} rounds"


def test_one_round_is_told_as_one_and_has_no_warm_up() -> None:
    diary: list[str] = []

    def work() -> float:
        diary.append("a")
        return 1.0

    assert rounds_of(in_turns({"a": work}, rounds=1, seconds=0)) == "1 round"
    assert diary == ["a"]


def test_a_ratio_is_taken_within_each_round() -> None:
    work, floor = Sample((2.0, 20.0, 3.0)), Sample((1.0, 10.0, 1.0))

    assert work.over(floor).values == (2.0, 2.0, 3.0)
    assert work.over(floor).shown == "2.00 × (2.00 to 3.00)"


def test_a_sample_shows_its_median_and_its_spread() -> None:
    assert Sample((0.2, 0.1, 1.5)).shown == "200 ms (100 ms to 1.50 s)"
    assert Sample((20.0, 40.0, 60.0)).shown_in("MB") == "40 MB (20 MB to 60 MB)"
    assert Sample((1500.0,)).shown_in("MB") == "1,500 MB"


def test_a_stopwatch_stands_still_after_its_block() -> None:
    with stopwatch() as elapsed:
        during = elapsed()
    after = elapsed()

    assert 0 <= during <= after
    assert elapsed() == after


def test_it_says_how_noisy_the_machine_is() -> None:
    assert noise().startswith(("A quiet machine", "A busy machine", "A noisy machine"))
