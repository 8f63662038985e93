"""The words of a statement: what is left of its text without spaces and comments."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from bot.sql.lexer import Part, pieces


class Word(NamedTuple):
    """A piece of a statement that is neither space nor comment. `key` is how to compare it."""

    text: str
    start: int
    end: int
    part: Part

    @property
    def key(self) -> str:
        return self.text.upper() if self.part is Part.CODE else self.text


@lru_cache(maxsize=4)
def words_of(sql: str) -> tuple[Word, ...]:
    return tuple(
        Word(sql[each.start : each.end], each.start, each.end, each.part)
        for each in pieces(sql)
        if each.part not in (Part.SPACE, Part.COMMENT)
    )


def find(words: Sequence[Word], *keys: str, start: int = 0) -> int | None:
    """Where the words stand one after another; None if they do not."""
    for at in range(start, len(words) - len(keys) + 1):
        if all(words[at + n].key == key for n, key in enumerate(keys)):
            return at
    return None


def parts_of(words: Sequence[Word]) -> list[list[Word]]:
    """The words cut at the commas that stand outside of brackets."""
    found: list[list[Word]] = [[]]
    depth = 0
    for word in words:
        if word.part is Part.CODE:
            depth += (word.text in "([") - (word.text in ")]")
            if word.text == "," and depth == 0:
                found.append([])
                continue
        found[-1].append(word)
    return found


def after_table_name(words: Sequence[Word]) -> int:
    """Which word is the first behind ALTER TABLE [IF EXISTS] [ONLY] name [*]."""
    at = 2
    if words[at].key == "IF":
        at += 2
    if words[at].key == "ONLY":
        at += 1
    bracket = words[at].text == "("
    at += 1 + bracket
    while words[at].text == "." and words[at].part is Part.CODE:
        at += 2
    return at + bracket + (words[at].text == "*")
