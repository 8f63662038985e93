"""Time, size and space of a backup that has not begun."""

import pytest

from bot.core.backups.level import Level
from bot.core.backups.prediction import (
    Past,
    Prediction,
    odd_size,
    predict,
    require_affordable,
    so_far,
    too_small,
)
from bot.errors import BackupError

GB = 1_000_000_000
LAST = Past(database_size=GB, size=GB // 4, seconds=10, proof_seconds=30)


def test_a_backup_takes_what_the_last_one_took_as_much_as_the_database_has_grown() -> None:
    found = predict(2 * GB, [LAST], level=Level.RESTORE)
    assert found == Prediction(seconds=80, size=GB // 2, known=True)
    assert found.words(12 * GB) == "about 1 min 20 s, 500.0 MB (as the last ones); 12.0 GB free"
    assert found.space == 600_000_000


def test_what_is_only_taken_is_not_proved() -> None:
    assert predict(GB, [LAST], level=None).seconds == 10


def test_a_proof_that_nobody_timed_is_guessed() -> None:
    last = Past(database_size=GB, size=GB // 4, seconds=10)
    found = predict(GB, [last], level=Level.RESTORE)
    assert 20 < found.seconds < 30


def test_the_first_one_is_a_guess_and_says_so() -> None:
    found = predict(GB, [], level=Level.RESTORE)
    assert not found.known
    assert found.size == GB // 2
    assert "the first one, so a guess" in found.words(9_500_000_000)
    assert found.words(9_500_000_000).endswith("9.5 GB free")
    levels = [predict(GB, [], level=level).seconds for level in (None, *Level)]
    assert levels == sorted(levels)


def test_a_past_without_the_size_of_its_database_tells_nothing() -> None:
    assert not predict(GB, [Past(0, 5, 5.0)], level=None).known


def test_what_has_no_room_is_refused_with_both_numbers() -> None:
    found = predict(GB, [LAST], level=None)
    with pytest.raises(BackupError, match=r"/kept has 299.0 MB free; .* may take 300.0 MB"):
        require_affordable("shop", found, budget=0, free=299_000_000, place="/kept")
    require_affordable("shop", found, budget=0, free=300_000_000, place="/kept")


def test_what_takes_longer_than_its_budget_is_refused_and_told_of_other_ways() -> None:
    found = predict(GB, [LAST], level=Level.RESTORE)
    with pytest.raises(
        BackupError, match="would take about 40 s, and its budget is 39 s"
    ) as caught:
        require_affordable("shop", found, budget=39, free=GB, place="/kept")
    assert "recovery points" in caught.value.hint
    assert "backup.tables: touched" in caught.value.hint
    require_affordable("shop", found, budget=40, free=GB, place="/kept")
    require_affordable("shop", found, budget=0, free=GB, place="/kept")


@pytest.mark.parametrize(
    ("size", "odd", "small"),
    [(GB // 4, False, False), (GB // 8, False, True), (GB // 9, True, True), (GB, True, False)],
)
def test_a_size_out_of_proportion_to_the_last_is_odd(size: int, odd: bool, small: bool) -> None:
    assert bool(odd_size(size=size, database_size=GB, past=[LAST])) is odd
    assert too_small(size=size, database_size=GB, past=[LAST]) is small


def test_an_odd_size_is_told_with_the_last() -> None:
    assert odd_size(size=10_000_000, database_size=GB, past=[LAST]) == (
        "it is 10.0 MB of a database of 1.0 GB; the last was 250.0 MB of 1.0 GB"
    )


def test_nothing_is_odd_without_a_last_or_of_very_small_ones() -> None:
    tiny = Past(8_000_000, 40_000, 1.0)
    assert odd_size(size=5, database_size=GB, past=[]) == ""
    assert odd_size(size=5, database_size=8_000_000, past=[tiny]) == ""
    assert not too_small(size=5, database_size=GB, past=[])


def test_how_far_it_is_has_a_time_left_once_there_is_something_to_go_by() -> None:
    assert so_far(0, GB, 1) == "0 bytes of about 1.0 GB"
    assert so_far(GB // 4, GB, 10) == "250.0 MB of about 1.0 GB, about 30 s left"
    assert so_far(2 * GB, GB, 10) == "2.0 GB of about 2.0 GB"
