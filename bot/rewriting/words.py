"""The text of a statement, changed word by word so that everything else stays as it was written."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from bot.sql.lexer import Part, pieces

MOST_NAME_BYTES = 63


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


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def fits(name: str) -> bool:
    """Whether the server keeps a name whole."""
    return len(name.encode("utf-8", "surrogatepass")) <= MOST_NAME_BYTES


def find(words: Sequence[Word], *keys: str, start: int = 0) -> int | None:
    """Where the words stand one after another; None if they do not."""
    for at in range(start, len(words) - len(keys) + 1):
        if all(words[at + n].key == key for n, key in enumerate(keys)):
            return at
    return None


def inserted_after(sql: str, text: str, *keys: str) -> str | None:
    """The statement with a text behind the first place where the words stand."""
    words = words_of(sql)
    at = find(words, *keys)
    if at is None:
        return None
    end = words[at + len(keys) - 1].end
    return f"{sql[:end]} {text}{sql[end:]}"


def without(sql: str, *keys: str) -> str | None:
    """The statement without the first place where the words stand."""
    words = words_of(sql)
    at = find(words, *keys)
    if at is None:
        return None
    start, end = words[at].start, words[at + len(keys) - 1].end
    return sql[:start] + sql[end:].lstrip(" ")


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
