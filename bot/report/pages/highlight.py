"""SQL in colours, a line at a time: one pass over the text, whatever it is.

It is no parser: what is not SQL comes out as it is, in one colour. Every piece is escaped.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.report.pages.marked import Marked

_KEYWORDS = [
    "add",
    "all",
    "alter",
    "always",
    "analyze",
    "and",
    "any",
    "as",
    "asc",
    "before",
    "begin",
    "between",
    "by",
    "cascade",
    "case",
    "cast",
    "check",
    "cluster",
    "collate",
    "column",
    "comment",
    "commit",
    "concurrently",
    "constraint",
    "copy",
    "create",
    "cross",
    "current",
    "current_timestamp",
    "cycle",
    "database",
    "default",
    "deferrable",
    "deferred",
    "delete",
    "desc",
    "detach",
    "disable",
    "distinct",
    "do",
    "domain",
    "drop",
    "each",
    "else",
    "enable",
    "end",
    "enum",
    "except",
    "exclude",
    "execute",
    "exists",
    "extension",
    "false",
    "fetch",
    "for",
    "force",
    "foreign",
    "from",
    "full",
    "function",
    "generated",
    "grant",
    "group",
    "having",
    "if",
    "immediate",
    "in",
    "include",
    "increment",
    "index",
    "inherits",
    "initially",
    "inner",
    "insert",
    "instead",
    "intersect",
    "into",
    "is",
    "join",
    "key",
    "language",
    "lateral",
    "left",
    "like",
    "limit",
    "lock",
    "materialized",
    "merge",
    "minvalue",
    "natural",
    "no",
    "not",
    "nothing",
    "null",
    "nulls",
    "of",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "owned",
    "owner",
    "partition",
    "policy",
    "primary",
    "procedure",
    "public",
    "references",
    "refresh",
    "reindex",
    "rename",
    "replace",
    "reset",
    "restrict",
    "returning",
    "returns",
    "revoke",
    "right",
    "role",
    "rollback",
    "row",
    "rows",
    "savepoint",
    "schema",
    "security",
    "select",
    "sequence",
    "set",
    "share",
    "start",
    "statement",
    "storage",
    "table",
    "temporary",
    "then",
    "to",
    "transaction",
    "trigger",
    "true",
    "truncate",
    "type",
    "union",
    "unique",
    "unlogged",
    "update",
    "using",
    "vacuum",
    "valid",
    "validate",
    "values",
    "view",
    "volatile",
    "when",
    "where",
    "with",
]
_TOKEN = re.compile(
    r"(?P<c>--[^\n]*|/\*.*?(?:\*/|\Z))"
    r"|(?P<s>'[^']*(?:'|\Z)|(?P<tag>\$(?:[A-Za-z_]\w*)?\$).*?(?:(?P=tag)|\Z))"
    r'|(?P<q>"[^"\n]*"?)'
    r"|(?P<n>\b\d[\d.]*\b)"
    r"|(?P<w>[^\W\d]\w*)",
    re.DOTALL,
)
_WORDS = frozenset(_KEYWORDS)


@dataclass(frozen=True)
class Code:
    """Lines of HTML; `left` is how many lines of the text are not among them."""

    lines: tuple[Marked, ...] = ()
    left: int = 0


def highlighted(text: str, most: int) -> Code:
    """In about so many characters of HTML, and never half a line. `text` is clean and visible."""
    lines: list[Marked] = []
    total = text.rstrip("\n").count("\n") + 1 if text.strip("\n") else 0
    for each in _lines(text.rstrip("\n")):
        most -= len(each)
        if most < 0 and lines:
            break
        lines.append(each if most >= 0 else Marked("…"))
    lines = lines[:total]
    return Code(tuple(lines), total - len(lines))


def _lines(text: str) -> Iterator[Marked]:
    """A token that goes over several lines is one on each of them."""
    line: list[str] = []
    for style, piece in _pieces(text):
        first, *rest = piece.split("\n")
        line.append(_span(style, first))
        for each in rest:
            yield Marked("".join(line))
            line = [_span(style, each)]
    yield Marked("".join(line))


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """`style` is "" for what has none."""
    place = 0
    for match in _TOKEN.finditer(text):
        style = match.lastgroup or ""
        if style == "tag":
            style = "s"
        if style == "w":
            style = "k" if match[0].lower() in _WORDS else ""
        if not style:
            continue
        if match.start() > place:
            yield "", text[place : match.start()]
        yield style, match[0]
        place = match.end()
    if place < len(text):
        yield "", text[place:]


def _span(style: str, text: str) -> str:
    escaped = html.escape(text, quote=False)
    return f'<i class="{style}">{escaped}</i>' if style and text else escaped
