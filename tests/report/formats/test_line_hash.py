"""The hashes of lines, against the values that the tests of GitHub's own upload action expect."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.report.formats.line_hash import line_hashes

GREETING = (
    "e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1",
    "b3edc88f2938467e:1", "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "hashes"),
    [
        ("", ("c129715d7a2bc9a3:1",)),
        (
            " a\nb\n  \t\tc\n d",
            ("271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"),
        ),
        (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", GREETING),
        (" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", GREETING),
        (" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", GREETING),
        (" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", GREETING),
    ],
)
def test_a_line_is_known_by_the_same_hash_as_to_github(text: str, hashes: tuple[str, ...]) -> None:
    assert line_hashes(text) == hashes


def test_lines_with_the_same_hash_are_counted() -> None:
    hashes = line_hashes("Lorem ipsum dolor sit amet.\n" * 10)
    assert hashes[:2] == ("a7f2ff13bc495cf2:1", "a7f2ff13bc495cf2:2")
    assert hashes[5:8] == ("a7f2ff13bc495cf2:6", "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1")
    assert len(hashes) == 11


@given(st.text(st.characters(), max_size=60))
def test_every_text_has_a_hash_for_each_of_its_lines(text: str) -> None:
    ends = text.replace("\r\n", "\n").replace("\r", "\n").count("\n")
    assert len(line_hashes(text)) == ends + 1
