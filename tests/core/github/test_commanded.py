"""Where in a comment a command stands, held against a renderer that is not ours."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.core.github.command import Command, Misread, Verb
from bot.core.github.commanded import Silence, read_comment
from tests.core.github.test_command import COMMANDS

APPLY = Command(Verb.APPLY, "production")
LINE = str(APPLY)
_RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_PIECES = [
    *(LINE, "/migrate approve", "", "", "text", "- item", "  more", "1. one", "> said", ">> twice"),
    *("```", "````", "  ```", "    ```", "~~~", "~~~~ sql", "> ```", "- ```", "```sql", "`", "``"),
    *(
        "    code",
        "\tcode",
        "<!--",
        "-->",
        "<!-- a -->",
        "a <!-- b",
        "<pre>",
        "</pre>",
        "<details>",
    ),
    *(
        "</details>",
        "<b",
        'title="',
        '">',
        "[a]: /b",
        '[a]: /b "',
        "---",
        "===",
        "| a |",
        "|-|",
        ":-",
    ),
    *(
        "# head",
        "* * *",
        "\\",
        "a `b",
        "b` c",
        "[link",
        "](/x)",
        "<?",
        "<![CDATA[",
        "$$",
        "[^1]: x",
    ),
]


def paragraphs_of_the_page(body: str) -> list[list[str]]:
    """The lines of each paragraph that stands in nothing, as far as they are nothing but text."""
    tokens = _RENDERER.parse(body)
    found = []
    for before, token in pairwise(tokens):
        if before.type == "paragraph_open" and before.level == 0:
            found.append(_lines(token.children or []))
    return found


def _lines(children: list[Token]) -> list[str]:
    lines, whole = [""], True
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            lines, whole = [*lines, ""], True
        elif child.type == "text" and whole:
            lines[-1] += child.content
        else:
            lines[-1], whole = "", False
    return lines


@given(st.lists(st.sampled_from(_PIECES), max_size=12), st.sampled_from(["\n", "\r\n"]))
@example(["- ```", "  a", "  ```", "", "```", "", LINE], "\n")
@example(["<div>", "```", "", "```", "", LINE], "\n")
@example(['[a]: /b "', LINE, '"'], "\n")
@example(["a `b", LINE, "b` c"], "\n")
@example(["> said", LINE], "\n")
@example([LINE, "==="], "\n")
@example([LINE, ":-"], "\n")
def test_what_is_obeyed_is_shown_to_everybody_as_a_line_of_text(
    pieces: list[str], end: str
) -> None:
    body = end.join(pieces)
    read = read_comment(body)
    if isinstance(read, Command):
        assert any(str(read) in lines for lines in paragraphs_of_the_page(body))


@given(COMMANDS)
def test_a_comment_that_is_nothing_but_a_command_gives_it(command: Command) -> None:
    assert read_comment(str(command)) == command
    assert read_comment(f"\r\n{command}  \r\n") == command


@pytest.mark.parametrize(
    "body",
    [
        f"Thanks all.\n\n{LINE}\n\nBye.",
        f"LGTM 👍\n{LINE}\nSee you",
        f":+1: @ada\r\n{LINE}",
        f"```sql\nSELECT 1;\n```\n\n{LINE}",
        f"> {LINE}\n\n{LINE}",
        f"<!-- a note -->\n{LINE}",
        f"Look at <https://example.org> and <ada@example.org>.\n\n{LINE}",
        f"- a list\n\n{LINE}",
        f"1 < 2\n\n{LINE}",
    ],
)
def test_a_line_among_other_text_is_found(body: str) -> None:
    assert read_comment(body) == APPLY


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Thanks!",
        f"> {LINE}",
        f"> quoted\n{LINE}",
        f"> > {LINE}\n> {LINE}",
        f"```\n{LINE}\n```",
        f"~~~~\n~~~\n{LINE}\n~~~~",
        f"`````\n````\n{LINE}",
        f"- a\n  ```\n  {LINE}\n  ```",
        f"- a\n{LINE}",
        f"> ```\n> {LINE}\n> ```",
        f"    {LINE}",
        f"\t{LINE}",
        f" {LINE}",
        f"Say `{LINE}` to apply.",
        f"`{LINE}`",
        f"`\n{LINE}\n`",
        f"<!-- {LINE} -->",
        f"<!--\n{LINE}\n-->",
        f"Run {LINE}",
        f"{LINE[1:]}",
        "/migrated apply production",
        "/migrate-apply production",
        f"| a |\n{LINE}",
        f"# {LINE}",
    ],
)
def test_what_is_quoted_or_only_spoken_of_asks_for_nothing(body: str) -> None:
    assert isinstance(read_comment(body), Silence)


@pytest.mark.parametrize(
    "body",
    [
        f"<details>\n\n{LINE}\n\n</details>",
        f"<blockquote>\n\n{LINE}",
        f"see `a`\n{LINE}",
        f"a `b\n{LINE}\nc` d",
        f"{LINE}\n===",
        f"{LINE}\n> and so on",
        f"- ```\n  a\n  ```\n\n{LINE}",
        f"<!-- a\n<details>\n-->\n{LINE}",
        f"a <!-- b\n\n{LINE}",
    ],
)
def test_a_line_in_doubt_is_refused_in_words(body: str) -> None:
    read = read_comment(body)
    assert isinstance(read, Misread)
    assert "comment of its own" in read.hint


@pytest.mark.parametrize(
    "line",
    [
        "/mіgrate apply production",
        "\u200b/migrate apply production",
        "/mi\u200dgrate apply production",
        "／migrate apply production",
        "∕migrate apply production",
        "/migrate\u00a0apply production",
        "/MIGRATE apply production",
        "/migrate\u2028apply production",
        "/migrate\x0bapply production",
        "/migrate apply production\u200b",
        "/migrate apply\u3000production",
        "/migrate apply produсtion",
    ],
)
def test_look_alikes_and_what_is_invisible_are_refused(line: str) -> None:
    read = read_comment(line)
    assert isinstance(read, Misread)
    assert "look like" in read.message


def test_of_several_commands_none_is_carried_out() -> None:
    read = read_comment(f"{LINE}\n\n/migrate help")
    assert isinstance(read, Misread)
    assert "2 commands" in read.message


def test_a_look_alike_beside_a_command_is_one_of_several() -> None:
    assert isinstance(read_comment(f"/mіgrate help\n\n{LINE}"), Misread)
