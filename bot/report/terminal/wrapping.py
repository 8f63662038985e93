"""Breaking lines between words, and nowhere else: what somebody copies stays in one piece."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

# With its blanks. A command between backticks is one word, with the blanks in it.
_WORD = re.compile(r"\s*(?:`[^`\n]{1,200}`|\S)+\s*")


def wrap(text: "Text", width: int) -> "list[Text]":
    """Its lines. A word that is longer than the width has a line of its own, whole: the terminal
    breaks it, and who marks and copies it gets no line end with it."""
    found = []
    for each in text.split(allow_blank=True):
        for piece in each.divide(_breaks(each.plain, width)):
            piece.rstrip()
            found.append(piece)
    return found


def _breaks(text: str, width: int) -> Iterator[int]:
    from rich.cells import cell_len

    filled = 0
    for match in _WORD.finditer(text):
        word = match[0]
        if filled and filled + cell_len(word.rstrip()) > width:
            yield match.start()
            filled = 0
        filled += cell_len(word)
