"""What a configuration says of drift, and of the queries that verify a target."""

import pytest

from bot.config.file import read_settings
from bot.core.drift.policy import DriftPolicy
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


def test_what_counts_is_said_beside_the_mode() -> None:
    said = (
        "{mode: report, owners: false, grants: refuse, comments: off, ignore: [table public.a_*]}"
    )
    here = target(more=f", drift: {said}")

    assert here.drift_mode is DriftMode.REPORT
    assert here.drift_policy == DriftPolicy(
        ignore=("table public.a_*",),
        owners=DriftMode.OFF,
        grants=DriftMode.REFUSE,
        comments=DriftMode.OFF,
    )
    assert target(more=", drift: {tuning: refuse}").drift_mode is DriftMode.REFUSE


def test_a_pattern_that_can_never_fit_is_refused_with_its_place() -> None:
    with pytest.raises(UsageError, match=r"targets\.here\.drift\.ignore: .*did you mean 'table'"):
        target(more=", drift: {ignore: ['tabel public.a']}")


def test_queries_are_a_list_or_the_path_of_a_script() -> None:
    assert target(more=", verify: [SELECT true]").verify == Verification(("SELECT true",))
    assert target(more=", verify: ops/verify.sql, verify_timeout: 5").verify == Verification(
        file="ops/verify.sql", timeout=5
    )


@pytest.mark.parametrize(
    "more", [", drift: maybe", ", drift: true", ", drift: {owners: true}", ", verify: ['']"]
)
def test_what_makes_no_sense_is_refused(more: str) -> None:
    with pytest.raises(UsageError, match=r"x\.yml has"):
        target(more=more)
