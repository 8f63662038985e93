import pytest

from bot.errors import BotError, GateClosed, HistoryError, PostgresError, UsageError
from bot.fleet.failures import Meaning, meaning_of


@pytest.mark.parametrize(
    ("sqlstate", "meaning"),
    [
        ("55P03", Meaning.RETRY),
        ("40P01", Meaning.RETRY),
        ("08001", Meaning.RETRY),
        ("08006", Meaning.RETRY),
        ("57P03", Meaning.RETRY),
        ("53300", Meaning.RETRY),
        ("23505", Meaning.PARK),
        ("22P02", Meaning.PARK),
        ("28P01", Meaning.PARK),
        ("3D000", Meaning.PARK),
        ("42P07", Meaning.STOP),
        ("53100", Meaning.STOP),
        ("57014", Meaning.STOP),
        (None, Meaning.STOP),
    ],
)
def test_what_postgres_said_decides(sqlstate: str | None, meaning: Meaning) -> None:
    assert meaning_of(PostgresError("No.", hint="Look.", sqlstate=sqlstate)) is meaning


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (HistoryError("Edited.", hint="Look."), Meaning.PARK),
        (GateClosed("Closed.", hint="Wait."), Meaning.CLOSE),
        (UsageError("Unreadable.", hint="Mend."), Meaning.STOP),
    ],
)
def test_what_is_not_of_postgres_has_its_own_meaning(error: BotError, meaning: Meaning) -> None:
    assert meaning_of(error) is meaning
