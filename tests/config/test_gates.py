"""The part of the configuration about freezes, windows and soaking."""

from datetime import date, timedelta

import pytest

from bot.config.file import read_settings
from bot.core.approvals.approval_policy import Approvers, Permission
from bot.core.gates.closing import Between, Closing, Freeze, Window
from bot.core.gates.spans import Hours, Weekly
from bot.errors import UsageError


def closing(text: str) -> Closing:
    indented = "\n".join(f"    {line}" for line in text.splitlines())
    head = (
        "targets:\n  s: {kind: staging, url_env: S}\n  p:\n    kind: production\n    url_env: P\n"
    )
    return read_settings(f"{head}    after: s\n{indented}\n", path="x").target("p").closing


def test_without_a_word_a_target_is_never_closed() -> None:
    assert closing("") == Closing()


def test_a_freeze_a_window_and_a_soak_are_read() -> None:
    found = closing(
        """soak: 30m
freeze:
  zone: Europe/Berlin
  ranges:
    - {from: 2026-12-20, to: 2027-01-06, name: Year's end}
    - {from: 2026-12-01 18:00, to: 2026-12-02 08:00}
    - {weekly: "Fri 16:00 - Mon 08:00"}
  calendar: .github/freeze.ics
  override: {teams: [acme/dba], hours: 2}
window: {zone: Europe/Berlin, hours: "22:00-05:00", days: [tue, mon]}"""
    )

    assert found == Closing(
        Freeze(
            "Europe/Berlin",
            (
                Between(date(2026, 12, 20), date(2027, 1, 6), name="Year's end"),
                Between(date(2026, 12, 1), date(2026, 12, 2), 1080, 480),
                Weekly(4, 960, 0, 480, "Fri 16:00 - Mon 08:00"),
            ),
            ".github/freeze.ics",
            Approvers(teams=("acme/dba",)),
            2,
        ),
        Window("Europe/Berlin", Hours(1320, 300), (0, 1)),
        timedelta(minutes=30),
    )


def test_an_administrator_may_override_unless_somebody_is_named() -> None:
    assert closing("freeze: {}").freeze == Freeze(override=Approvers(permission=Permission.ADMIN))
    given = closing("freeze: {override: {users: [grace], permission: maintain}}").freeze
    assert given is not None
    assert given.override == Approvers(users=("grace",), permission=Permission.MAINTAIN)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("freeze: {zone: Europe/Berln}", "there is no time zone 'Europe/Berln'"),
        ("freeze: {ranges: [{weekly: Friday}]}", "ranges.0.weekly: 'Friday' is no span of a week"),
        ("freeze: {ranges: [{from: 2026-12-20}]}", "give `from` and `to`, or `weekly`"),
        ("freeze: {ranges: [{from: '2026-02-30', to: 2026-03-01}]}", "freeze.ranges.0.from"),
        ("freeze: {ranges: [{form: 2026-12-20}]}", "did you mean from?"),
        ("freeze: {ranges: [{from: 2026-12-20, to: 2026-12-19}]}", "`to` is before `from`"),
        ("freeze: {override: {teams: [dba]}}", "freeze.override.teams.0"),
        ('window: {hours: "25:00-05:00"}', "window.hours: '25:00-05:00' is no span of hours"),
        ("window: {days: [mo]}", "'mo' is no day of the week"),
        ("soak: 30", "p.soak"),
        ("soak: 30s", "p.soak"),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        closing(text)

    assert says in refused.value.message


def test_soaking_is_counted_from_another_target() -> None:
    with pytest.raises(UsageError, match=r"targets\.p\.soak: it is counted from `after`"):
        read_settings("targets: {p: {kind: staging, url_env: P, soak: 1h}}", path="x")
