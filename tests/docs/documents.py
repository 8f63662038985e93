"""The Markdown of this project as its tests read it: links, anchors, commands, blocks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], key=lambda path: path.as_posix()
)

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^ *```$", re.M | re.S)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"(?<!\\)\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.M)


@dataclass(frozen=True)
class Block:
    """A fenced block of a document, by its language."""

    document: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{name_of(self.document)}:{self.line}"


def name_of(document: Path) -> str:
    return document.relative_to(ROOT).as_posix()


def text_of(document: Path) -> str:
    return document.read_text("utf-8")


def prose_of(document: Path) -> str:
    """The text without its fenced blocks."""
    return _FENCE.sub("", text_of(document))


def blocks(document: Path, *languages: str) -> Iterator[Block]:
    text = text_of(document)
    for match in _FENCE.finditer(text):
        if not languages or match["language"] in languages:
            indent = len(match["indent"])
            lines = [line[indent:] for line in match["text"].splitlines()]
            line = text.count("\n", 0, match.start()) + 1
            yield Block(document, line, match["language"], "\n".join(lines) + "\n")


def links(document: Path) -> Iterator[str]:
    for match in _LINK.finditer(_CODE.sub("", prose_of(document))):
        yield match[1] or match[2]


def anchors(document: Path) -> set[str]:
    """What `#…` may follow the document's address: its headings, as GitHub makes names of them."""
    return {_anchor(heading) for heading in _HEADING.findall(prose_of(document))}


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def shell_lines(document: Path) -> Iterator[str]:
    """Every line that a reader is to type: after a `$`, or in a script."""
    for block in blocks(document, "console", "bash"):
        joined = re.sub(r"\\\n *|(?<=\|)\n *", " ", block.text)
        for line in joined.splitlines():
            if line.startswith("$ ") or block.language == "bash":
                yield line.removeprefix("$ ")


def commands(document: Path) -> Iterator[str]:
    """Every command line of the bot: in blocks after a `$` or at a line's start, and in code."""
    for block in blocks(document, "console", "bash"):
        for line in block.text.splitlines():
            command = re.split(r" [#|>]", line.removeprefix("$ "))[0].strip()
            if re.match(r"(\S*/)?migration-bot( |$)", command):
                yield command
    for match in _CODE.finditer(prose_of(document)):
        if match[1].startswith("migration-bot "):
            yield match[1]
