from datetime import timedelta

import pytest

from bot.core.github.issue import Deed, Issue, IssueMark, decide_issue, drift_key
from tests.fakes import NOON

DAY = timedelta(days=1)


def issue(digest: str, *, number: int = 1, is_open: bool = True, key: str = "k") -> Issue:
    return Issue(number, "Drift", f"{key}/{digest}", is_open)


def read(body: str) -> IssueMark | None:
    key, slash, digest = body.partition("/")
    return IssueMark(key, digest, NOON) if slash else None


def deed(digest: str, *existing: Issue) -> Deed:
    return decide_issue(existing, "k", digest, NOON + DAY, read=read).deed


@pytest.mark.parametrize(
    ("digest", "existing", "wanted"),
    [
        ("", (), Deed.NOTHING),
        ("a", (), Deed.OPEN),
        ("a", (issue("a"),), Deed.NOTHING),
        ("b", (issue("a"),), Deed.UPDATE),
        ("", (issue("a"),), Deed.CLOSE),
        ("", (issue("", is_open=False),), Deed.NOTHING),
        ("a", (issue("", is_open=False),), Deed.REOPEN),
        ("a", (issue("a", is_open=False),), Deed.NOTHING),
        ("b", (issue("a", is_open=False),), Deed.REOPEN),
        ("", (issue("a", is_open=False),), Deed.CLOSE),
        ("", (issue(""),), Deed.CLOSE),
        ("a", (issue("a", key="other"),), Deed.OPEN),
        ("a", (Issue(1, "Mine", "nothing"),), Deed.OPEN),
    ],
)
def test_one_issue_is_kept_in_step(digest: str, existing: tuple[Issue, ...], wanted: Deed) -> None:
    assert deed(digest, *existing) is wanted


def test_of_two_the_older_is_kept_and_it_is_known_since_when() -> None:
    decision = decide_issue(
        (issue("a", number=9), issue("a", number=2)), "k", "b", NOON + DAY, read=read
    )
    assert decision.issue == issue("a", number=2)
    assert decision.since == NOON


def test_what_comes_back_is_seen_for_the_first_time() -> None:
    back = decide_issue((issue("", is_open=False),), "k", "a", NOON + DAY, read=read)
    assert back.since == NOON + DAY


def test_each_target_of_each_database_has_a_key_of_its_own() -> None:
    keys = {
        drift_key(url, folder, target)
        for url in ("https://github.com/a/b", "https://github.com/a/c")
        for folder in ("prisma/migrations", "other")
        for target in ("staging", "production")
    }
    assert len(keys) == 8
