"""The door of this room: the text of a migration in, its statements or one fault out."""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from bot.core.migrations.statement import Position, Script, Statement
from bot.sql.faults import fault_before, fault_of_copy, fault_of_refusal, fault_of_size
from bot.sql.kinds import kind_of
from bot.sql.leftovers import template_in_name
from bot.sql.lexer import Lines, Part, comment_text, pieces
from bot.sql.native import Refused, TooLarge, raw_statements

# A parse tree takes about ten times its JSON, and the JSON up to a hundred times the text.
MOST_BYTES = 2 * 1024 * 1024
MOST_TREE_BYTES = 32 * 1024 * 1024

Entry = dict[str, Any]
Cut = Callable[[str, bytes, list[Entry]], Iterator[Statement]]
_NOWHERE = Position(1, 1)


def parse(text: str) -> Script:
    """Cut a script into statements; whatever the text is, this returns, with a fault if need be."""
    return _script(text, _statements)


def parse_to_replay(text: str) -> Script:
    """The same without the statements' texts, places and comments, which a replay does not ask for.

    They take as long as the grammar, and a check replays hundreds of files.
    """
    return _script(text, _bare_statements)


def _script(text: str, cut: Cut) -> Script:
    fault = fault_before(text)
    if fault:
        return Script(fault=fault)
    encoded = text.encode("utf-8", "surrogatepass")
    if len(encoded) > MOST_BYTES:
        return Script(fault=fault_of_size(text))
    try:
        raw = raw_statements(encoded, most=MOST_TREE_BYTES)
    except Refused as refusal:
        return Script(fault=fault_of_refusal(text, refusal.message, refusal.offset))
    except TooLarge:
        return Script(fault=fault_of_size(text))
    statements = tuple(cut(text, encoded, raw))
    copied = next((each for each in statements if _reads_input(each)), None)
    fault = fault_of_copy(copied.start) if copied else template_in_name(text)
    return Script(fault=fault) if fault else Script(statements=statements)


def _bare_statements(text: str, encoded: bytes, raw: list[Entry]) -> Iterator[Statement]:
    for index, entry in enumerate(raw):
        node, tree = _node_of(entry)
        yield Statement(index, "", _NOWHERE, _NOWHERE, kind_of(node, tree), node, tree)


def _statements(text: str, encoded: bytes, raw: list[Entry]) -> Iterator[Statement]:
    lines = Lines(text)
    spans = list(_spans(encoded, raw))
    before = 0
    for index, (entry, (start, limit)) in enumerate(zip(raw, spans, strict=True)):
        end = _without_trailing_comments(text, start, limit)
        node, tree = _node_of(entry)
        yield Statement(
            index=index,
            sql=text[start:end],
            start=lines.at(start),
            end=lines.at(max(start, end - 1)),
            kind=kind_of(node, tree),
            node=node,
            tree=tree,
            comment=_comments_between(text, before, start),
        )
        before = limit


def _node_of(entry: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    node, tree = next(iter(entry["stmt"].items()))
    return node, tree


def _spans(encoded: bytes, raw: list[Entry]) -> Iterator[tuple[int, int]]:
    """The statements' limits in characters; the grammar counts bytes."""
    limits = [limit for entry in raw for limit in _limits(entry, len(encoded))]
    if encoded.isascii():
        characters = limits
    else:
        characters, total = [], 0
        for before, at in pairwise([0, *limits]):
            total += len(encoded[before:at].decode("utf-8", "surrogatepass"))
            characters.append(total)
    yield from zip(characters[::2], characters[1::2], strict=True)


def _limits(entry: Mapping[str, Any], size: int) -> tuple[int, int]:
    start = entry.get("stmt_location", 0)
    length = entry.get("stmt_len", 0)
    return start, start + length if length else size


def _without_trailing_comments(text: str, start: int, end: int) -> int:
    """Where the code ends: the grammar counts what stands before the semicolon as the statement."""
    while end > start and text[end - 1].isspace():
        end -= 1
    if text.find("--", start, end) < 0 and text.find("/*", start, end) < 0:
        return end
    last = start
    for piece in pieces(text, start, end):
        if piece.part not in (Part.SPACE, Part.COMMENT):
            last = piece.end
    return last


def _comments_between(text: str, start: int, end: int) -> str:
    """The comments of a gap, without one that ends the line of the statement before."""
    if text.find("--", start, end) < 0 and text.find("/*", start, end) < 0:
        return ""
    found = []
    same_line = start > 0
    for piece in pieces(text, start, end):
        if piece.part is Part.COMMENT and not same_line:
            found.append(comment_text(text[piece.start : piece.end]))
        same_line = same_line and "\n" not in text[piece.start : piece.end]
    return "\n".join(found)


def _reads_input(statement: Statement) -> bool:
    """COPY … FROM STDIN: the rows would have to follow in the file."""
    tree = statement.tree
    return statement.node == "CopyStmt" and bool(tree.get("is_from")) and not tree.get("filename")
