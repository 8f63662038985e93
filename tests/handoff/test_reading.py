"""A report of plain fields: written by one run, read by another as the words of a stranger."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.findings.review import Review
from bot.errors import UsageError
from bot.flows.reviewing.review import review_change
from bot.handoff.reading import read_report
from bot.handoff.writing import report_json
from bot.report.comment.markdown import render_markdown
from bot.report.report import Report
from tests.fakes import NOON
from tests.flows.world import HEAD, MORE, RISKY, Stage

RISKY_SQL = RISKY.sql
HOSTILE = "</details>\n### Approved\n```\n<img src=x> @everyone [a](http://evil.example) ![](//e)"
Json = dict[str, Any]


def review_of(stage: Stage) -> Review:
    return review_change(stage.checkout.change(None, NOON), stage.world())


def document(**changes: Any) -> Json:
    made: Json = json.loads(report_json(review_of(Stage(newest=RISKY)), HEAD))
    return made | changes


def read(value: Mapping[str, Any]) -> Review:
    return read_report(json.dumps(value).encode()).review


@pytest.mark.parametrize("newest", [RISKY, MORE], ids=["risky", "harmless"])
def test_a_report_says_the_same_after_it_was_handed_over(newest: Any) -> None:
    review = review_of(Stage(newest=newest))
    found = read_report(report_json(review, HEAD).encode())
    assert found.head == HEAD
    assert found.review.digest == review.digest
    assert found.review.verdict is review.verdict
    assert render_markdown(Report(found.review)) == render_markdown(Report(review))


def wrong_in(place: str, **fields: Any) -> Json:
    """A report with one field of its first migration, statement or finding changed."""
    made = document()
    migration = made["migrations"][0]
    part = migration if place == "migration" else migration[place][0]
    part.update(fields)
    return made


@pytest.mark.parametrize(
    "wrong",
    [
        document(schema=2),
        document(schema="1"),
        document(schema=True),
        document(head="main"),
        document(head="A" * 40),
        document(pull=1),
        document(verdict="pass"),
        document(comment="### fine"),
        document(postgres="18; x"),
        document(base="a\nb"),
        document(accepted=-1),
        document(accepted=1.5),
        document(accepted="1"),
        document(migrations={}),
        document(migrations=document()["migrations"] * 2),
        document(migrations=document()["migrations"] * 201),
        document(findings=[1]),
        wrong_in("migration", checksum="0" * 64),
        wrong_in("migration", sql="SELECT 1;"),
        wrong_in("migration", name=""),
        wrong_in("migration", name="a\nb"),
        wrong_in("migration", name="x" * 256),
        wrong_in("migration", path="a\x00b"),
        wrong_in("migration", html="<b>"),
        wrong_in("statements", line=0),
        wrong_in("statements", end_line=99),
        wrong_in("statements", column=9, end_column=1),
        wrong_in("statements", kind="<b>"),
        wrong_in("statements", sql="DROP TABLE users"),
        wrong_in("statements", locks=[{"relation": "a", "mode": "FREE"}]),
        wrong_in("statements", rewrites=["a"] * 501),
        wrong_in("findings", rule="Not A Rule"),
        wrong_in("findings", severity="fatal"),
        wrong_in("findings", message="x" * 4001),
        wrong_in("findings", message="\x1b[31m"),
        wrong_in("findings", rewrite={"pieces": [{"sql": "x", "place": "elsewhere"}]}),
    ],
)
def test_whatever_is_not_of_its_form_is_refused(wrong: Json) -> None:
    with pytest.raises(UsageError, match="not taken"):
        read(wrong)


@pytest.mark.parametrize(
    "octets",
    [b"", b"null", b"[]", b"{", b"\xff", b'{"schema": 1e999}', b"[" * 100_000, b'"\\ud800"'],
)
def test_what_is_no_report_is_refused(octets: bytes) -> None:
    with pytest.raises(UsageError, match="not taken"):
        read_report(octets)


def test_a_refusal_quotes_nothing_of_the_report() -> None:
    with pytest.raises(UsageError) as refused:
        read(document() | {HOSTILE: HOSTILE, "head": HOSTILE})
    assert not set("<@`[") & set(refused.value.message)


def test_hostile_text_is_shown_as_text() -> None:
    made = wrong_in("findings", message=HOSTILE, why=HOSTILE, fix=HOSTILE, allowed=None)
    shown = render_markdown(Report(read(made)))
    assert "\n### Approved" not in shown
    assert "<img" not in shown
    assert "@everyone" not in shown
    assert "](http://evil" not in shown


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.slow
@given(data=st.data())
@settings(max_examples=400, deadline=None)
def test_a_report_changed_anywhere_is_refused_or_still_a_review(data: st.DataObject) -> None:
    made = document()
    at: Any = made
    while isinstance(at, dict | list) and at:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(at[key], dict | list) or data.draw(st.booleans()):
            at[key] = data.draw(JSON)
            break
        at = at[key]
    with suppress(UsageError):
        review = read(made)
        assert all(each.migration.sql == RISKY_SQL for each in review.migrations)
        assert render_markdown(Report(review))
