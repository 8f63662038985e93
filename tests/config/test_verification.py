"""What a configuration says of drift, and of the queries that verify a target."""

import pytest

from bot.config.file import read_settings
from bot.core.targets.target import DriftMode, Target, Verification
from bot.errors import UsageError

HEAD = "targets:\n  here: {kind: %s, url_env: HERE_URL%s}\n"


def target(kind: str = "production", more: str = "") -> Target:
    return read_settings(HEAD % (kind, more), path="x.yml").target("here")


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("production", DriftMode.REFUSE),
        ("staging", DriftMode.REPORT),
        ("development", DriftMode.OFF),
    ],
)
def test_without_a_word_the_kind_decides_what_drift_does(kind: str, mode: DriftMode) -> None:
    assert target(kind).drift_mode is mode


@pytest.mark.parametrize("written", ["off", "'off'"])
def test_off_is_off_with_quotes_and_without(written: str) -> None:
    assert target(more=f", drift: {written}").drift_mode is DriftMode.OFF


def test_queries_are_a_list_or_the_path_of_a_script() -> None:
    assert target(more=", verify: [SELECT true]").verify == Verification(("SELECT true",))
    assert target(more=", verify: ops/verify.sql, verify_timeout: 5").verify == Verification(
        file="ops/verify.sql", timeout=5
    )


@pytest.mark.parametrize("more", [", drift: maybe", ", drift: true", ", verify: ['']"])
def test_what_makes_no_sense_is_refused(more: str) -> None:
    with pytest.raises(UsageError, match=r"x\.yml has"):
        target(more=more)
