"""Where in a comment a command stands: a whole line of plain text, and nowhere else.

Markdown decides what is quoted or code, and it is not read in full here. Wherever this reading
could differ from it, a line is no command: a command that is passed over can be written again, one
that somebody only quoted cannot be taken back.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.core.github.command import WORD, Command, Misread, lookalike, read_line

# The only ends of a line that Markdown knows; str.splitlines knows more.
_LINE_END = re.compile(r"\r\n|\r|\n")
_FENCE = re.compile(r"(`{3,})[^`]*$|(~{3,})")
_NESTED_FENCE = re.compile(r"[ \t]+(?:`{3}|~{3})")
_HTML = re.compile(r"<(?:[A-Za-z/!?])")
_AUTOLINK = re.compile(
    r"<(?:[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*|[A-Za-z0-9][^\s<>@]*@[^\s<>@]+)>"
)
# Lists, quotes, headings, rules, tables and what is indented: a line below may belong to them.
_STRUCTURE = re.compile(r"[ \t>*+=#|~`<\[_$-]|:-|\d{1,9}[.)]")
_MARKUP = re.compile(r"[`<\[|\\]")
_TWINS = str.maketrans(
    {
        "⁄": "/", "∕": "/", "⧸": "/", "╱": "/", "⟋": "/",
        "м": "m", "ḿ": "m", "і": "i", "ı": "i", "ι": "i", "ɩ": "i", "ɡ": "g", "ց": "g",
        "г": "r", "ʀ": "r", "а": "a", "α": "a", "т": "t", "τ": "t", "е": "e", "ε": "e",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Silence:
    """Nothing was asked for. `reason` says why for a log."""

    reason: str


_OUT_OF_REACH = Misread(
    "The command stands among text that could make it part of code, a list or a quotation.",
    "Write it as a comment of its own, or with an empty line before and after it.",
)


def read_comment(body: str) -> Command | Misread | Silence:
    """The one command that a comment gives."""
    found = list(_Reader().read(_LINE_END.split(body)))
    if not found:
        return Silence(f"no line of the comment is a {WORD} command outside quotations and code")
    if len(found) > 1:
        return Misread(
            f"The comment has {len(found)} commands, and none was carried out.",
            "Give each in a comment of its own.",
        )
    return found[0]


@dataclass
class _Reader:
    """Goes through the lines. `lost` says that it is no longer certain what is code: every command
    from there on is refused."""

    fence: str = ""
    hidden: bool = False
    lost: bool = False
    block: list[str] = field(default_factory=list)

    def read(self, lines: Sequence[str]) -> Iterator[Command | Misread]:
        for line in lines:
            if self.fence:
                self._inside_a_fence(line)
            elif self.hidden:
                self._inside_a_comment(line)
            elif not line.strip(" \t"):
                yield from self._end_of_block()
            elif (opened := _FENCE.match(line)) is not None:
                yield from self._end_of_block()
                self.fence = opened[1] or opened[2]
            elif line.startswith("<!--"):
                yield from self._end_of_block()
                self.hidden = True
                self._inside_a_comment(line.removeprefix("<!--"), whole=line)
            else:
                self.block.append(line)
        yield from self._end_of_block()

    def _inside_a_fence(self, line: str) -> None:
        marks = line.strip(" \t")
        indent = len(line) - len(line.lstrip(" "))
        same = set(marks) == {self.fence[0]} and len(marks) >= len(self.fence)
        if same and indent <= 3 and "\t" not in line[: indent + 1]:
            self.fence = ""

    def _inside_a_comment(self, line: str, *, whole: str | None = None) -> None:
        """HTML in a comment, or behind it, is a page of its own making."""
        self.lost = self.lost or _HTML.search(line) is not None
        self.hidden = "-->" not in (whole or line)

    def _end_of_block(self) -> Iterator[Command | Misread]:
        """What its lines say, and whether they leave us in doubt about those below."""
        block, self.block = self.block, []
        commands = [each for each in block if _like_a_command(each)]
        if commands and not _below_structure(block):
            plain = not self.lost and all(_plain(each) for each in block)
            yield from (_read(each) if plain else _OUT_OF_REACH for each in commands)
        self.lost = self.lost or any(_doubtful(each) for each in block)


def _below_structure(block: Sequence[str]) -> bool:
    """Whether a command of the block could be part of a list or quotation that began above it."""
    first = next(place for place, each in enumerate(block) if _like_a_command(each))
    return any(_STRUCTURE.match(each) for each in block[:first])


def _plain(line: str) -> bool:
    if _like_a_command(line):
        return True
    return not _STRUCTURE.match(line) and not _MARKUP.search(line)


def _doubtful(line: str) -> bool:
    return bool(_NESTED_FENCE.match(line) or _HTML.search(_AUTOLINK.sub("", line)))


def _read(line: str) -> Command | Misread:
    if _begins(line, WORD):
        return read_line(line)
    return lookalike()


def _like_a_command(line: str) -> bool:
    """Also where it only looks so: whoever wrote that shall learn why nothing happens."""
    if line.startswith((" ", "\t")):
        return False
    return _begins(line, WORD) or _begins(_skeleton(line[:80]), WORD)


def _begins(line: str, word: str) -> bool:
    return line.startswith(word) and line[len(word) : len(word) + 1] in ("", " ", "\t")


def _skeleton(text: str) -> str:
    """What it looks like, roughly: without what is invisible, each letter as its plain twin."""
    text = "".join(" " if each.isspace() else each for each in text)
    seen = unicodedata.normalize("NFKC", text).casefold().translate(_TWINS)
    return "".join(each for each in seen if unicodedata.category(each) not in ("Cf", "Mn", "Cc"))
