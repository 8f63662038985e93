"""Drift in Markdown: the issue, the summary, and what they say of hostile names."""

from dataclasses import replace
from random import Random

from markdown_it import MarkdownIt

from bot.core.drift.look import Script
from bot.core.github.issue import IssueMark
from bot.core.schemas.draft import DraftedStatement
from bot.report.drift.markdown import (
    closing_comment,
    digest_of_look,
    drift_markdown,
    issue_body,
    issue_title,
)
from bot.report.drift.marker import read_issue_mark
from tests.fakes import NOON
from tests.report.drift.samples import CLEAN, RUNNING, UNREAD, drifted
from tests.report.hostile_text import PIECES

MARK = IssueMark("key", "digest", NOON)
MARKDOWN = MarkdownIt("commonmark", {"html": True})


def test_the_issue_names_each_difference_with_its_table_and_the_sql() -> None:
    body = issue_body(drifted(), MARK, None)

    assert "### 🔴 The schema of production is not what its applied migrations make." in body
    assert "**`public.a`**" in body
    assert "- has besides: index public.a.by_hand (structure)" in body
    assert "(rights)" in body
    assert "(comments)" in body
    assert "```sql\nDROP INDEX by_hand;\n```" in body
    assert "⚠️ Loses the rows of by_hand" in body
    assert "A draft that did not converge: PostgreSQL refused it: no." in body
    assert "Not looked at, because the role may not read them: event trigger." in body
    assert "First seen 2026-" in body
    assert read_issue_mark(body) == MARK


def test_the_issue_says_what_a_proof_does_not_count() -> None:
    look = drifted()
    assert look.mend is not None
    look = replace(look, mend=replace(look.mend, moved=("public.a",)))

    body = issue_body(look, MARK, None)

    assert "left no difference but for the order of the columns of public.a." in body


def test_what_is_hostile_in_a_name_is_text() -> None:
    random = Random(7)
    for _ in range(60):
        name = "".join(random.choices(PIECES, k=6))
        look = drifted(name=name, sql=f"DROP INDEX {name}")
        assert look.mend is not None
        look = replace(look, mend=replace(look.mend, moved=(name,)))
        tokens = MARKDOWN.parse(issue_body(look, MARK, None))
        inside = [each for token in tokens for each in (token.children or ())]
        assert not [each for each in inside if each.type in ("link_open", "image")]
        html = {each.content for each in (*tokens, *inside) if each.type.startswith("html")}
        assert not [each for each in html if "script" in each or "evil" in each]


def test_an_issue_of_a_thousand_differences_fits() -> None:
    look = drifted()
    many = replace(look.deviations, told=look.deviations.told * 400)
    script = Script((DraftedStatement("SELECT 1" * 9_000),), problem="no")
    body = issue_body(replace(look, deviations=many, mend=script, record=script), MARK, None)

    assert len(body) < 65_000
    assert "more differences." in body
    assert "The rest is in `migration-bot drift --format json`." in body


def test_what_could_not_be_looked_at_says_why_and_what_to_do() -> None:
    text = drift_markdown([CLEAN, RUNNING, UNREAD])

    assert "🟢 production is what its applied migrations make." in text
    assert "because a rollout is running: somebody is at it." in text
    assert "staging could not be looked at: It is down." in text
    assert "Start it." in text


def test_the_digest_is_of_what_is_told_and_not_of_the_moment() -> None:
    look = drifted()

    assert digest_of_look(CLEAN) == digest_of_look(RUNNING) == ""
    assert digest_of_look(look) == digest_of_look(replace(look, seconds=9.0))
    assert digest_of_look(look) != digest_of_look(drifted(name="other"))


def test_the_closing_comment_says_since_when_it_was_so() -> None:
    assert issue_title(CLEAN) == "Drift: production"
    said = closing_comment(CLEAN, NOON, None)
    assert said.startswith("production is what its applied migrations make. The difference was")
