"""Escapes against a CommonMark parser: whatever goes in comes out as text, never as markup."""

import html
import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.report import escape
from tests.report.samples import HOSTILE

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
nasty = st.text(
    st.one_of(
        st.sampled_from("`*_[]()<>#+-=.!|~&@:$\\/ \n\t\r\"'{}%,;0123456789abcdefGHw\u202e\x1b"),
        st.characters(),
    ),
    max_size=60,
)


def shown(markdown: str, *, tags: str) -> str:
    """The text a reader sees, having checked that no tags appear but the expected ones."""
    rendered = MARKDOWN.render(markdown)
    assert set(re.findall(r"</?([a-zA-Z!][^\s>/]*)", rendered)) <= set(tags.split())
    return html.unescape(re.sub(r"<[^>]*>", "", rendered)).replace("\u200b", "").strip()


@given(nasty)
@example(HOSTILE)
@example("1. not a list")
@example("- not a list")
@example("===")
def test_running_text_is_shown_as_written(text: str) -> None:
    assert shown(escape.inline(text), tags="p span") == escape.one_line(text)


@given(nasty)
@example(HOSTILE)
def test_prose_is_shown_as_written_but_for_the_backticks_of_code(text: str) -> None:
    seen = shown(escape.prose(text), tags="p span code")
    squeezed = re.sub(r"[\s`]", "", seen)
    assert squeezed == re.sub(r"[\s`]", "", escape.one_line(text))


@pytest.mark.parametrize(
    "text", ["::shipit``::", ":``shipit:", "https:``//evil.example", "@``acme"]
)
def test_prose_joins_nothing_that_two_backticks_part(text: str) -> None:
    assert escape.prose(text) == escape.inline(text)
    assert shown(escape.prose(text), tags="p span code") == text


@given(nasty)
@example(HOSTILE)
@example("a\\|b")
def test_inline_code_is_shown_as_written(text: str) -> None:
    expected = escape.one_line(text)
    assert shown(f"x {escape.code(text)}", tags="p code span") == f"x {expected}".strip()


@given(nasty)
@example(HOSTILE)
@example("a\\|b")
def test_a_table_cell_stays_one_cell(text: str) -> None:
    for cell in (escape.inline(text), escape.code(text), escape.prose(text)):
        rendered = MARKDOWN.render(f"| a | b |\n|---|---|\n| x {cell} | end |\n")
        assert rendered.count("<td>") == 2
        assert "<td>end</td>" in rendered


@given(nasty)
@example("```\n````\n</details>")
@example("~~~")
def test_a_fence_holds_whatever_it_is_given(text: str) -> None:
    tokens = MARKDOWN.parse(f"{escape.fence(text, 'sql')}\n\nafter\n")
    assert [token.type for token in tokens] == [
        "fence",
        "paragraph_open",
        "inline",
        "paragraph_close",
    ]
    assert tokens[0].content.strip("\n") == escape.visible(text).strip("\n")


@given(nasty)
@example(HOSTILE)
def test_text_in_html_is_shown_as_written(text: str) -> None:
    line = f"<details><summary>{escape.html(text)}</summary>\n\n</details>"
    assert shown(line, tags="details summary span") == escape.one_line(text)


@pytest.mark.parametrize(
    "text",
    [
        "@octocat",
        "@org/team",
        "#123",
        "GH-12",
        "acme/shop#7",
        "https://evil.example",
        "www.evil.example",
        "mailto:a@b.example",
        "a1b2c3d4e5f6",
        ":shipit:",
    ],
)
def test_what_github_would_link_is_broken_by_a_character_of_no_width(text: str) -> None:
    for escaped in (escape.inline(text), escape.html(text)):
        assert "&#8203;" in escaped
        assert text not in escaped


def test_a_migration_name_is_left_whole_so_that_it_can_be_copied() -> None:
    name = "20261120090000_add_coupons"
    assert escape.inline(f"{name} is new") == f"{name} is new"


@pytest.mark.parametrize("character", "\u202e\u2066\u200b\ufeff\x00\x1b\x7f\x85\u2028\ud800")
def test_what_cannot_be_seen_is_shown_by_its_number(character: str) -> None:
    assert escape.visible(f"a{character}b") == f"a⟦U+{ord(character):04X}⟧b"


def test_line_ends_and_tabs_are_kept() -> None:
    assert escape.visible("a\r\nb\tc\rd") == "a\nb\tc⟦U+000D⟧d"


@given(st.dictionaries(nasty, nasty))
@example({"--": "--> <!-- -- ---"})
def test_json_in_an_html_comment_cannot_end_it_and_reads_back(values: dict[str, str]) -> None:
    safe = escape.comment_safe(json.dumps(values))
    assert "--" not in safe
    assert not set(safe) & set("<>&`")
    assert json.loads(safe) == values


@given(nasty)
@example("x\n::error::forged")
@example("a,line=9::b%0A")
def test_a_workflow_command_stays_one_command(text: str) -> None:
    assert not set(escape.command_data(text)) & set("\r\n")
    assert not set(escape.command_property(text)) & set("\r\n:,")
    assert escape.command_data("50%\n") == "50%25%0A"


@given(nasty)
def test_a_link_target_cannot_leave_its_brackets(text: str) -> None:
    assert not set(escape.link_target(text)) & set("()<> \t\r\n\\`|[]\"'")


@pytest.mark.parametrize("before", ["x", "1", "_", "é", "表", "ſ"])
@pytest.mark.parametrize("link", ["https://evil.example", "www.evil.example", "GH-1", "ftp://e.v"])
def test_an_address_is_none_whatever_stands_right_before_it(before: str, link: str) -> None:
    assert link not in escape.inline(f"{before}{link}")


def test_a_commit_is_none_behind_a_letter_that_github_does_not_count() -> None:
    assert "1a2b3c4d5e6f" not in escape.inline("é1a2b3c4d5e6f")
