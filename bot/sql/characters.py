"""Characters in the code of a file that a reader cannot see, or takes for others."""

import re

from bot.sql.lexer import Part, pieces

_TURNING = "\u202a-\u202e\u2066-\u2069"
_BIDI = f"\u061c\u200e\u200f{_TURNING}"
_CONTROL = "\x00-\x08\x0e-\x1f\x7f-\x9f"
_INVISIBLE = (
    "\u00a0\u00ad\u1680\u180e\u2000-\u200d\u2028\u2029\u202f\u205f\u2060-\u2064\u3000\ufeff"
)
_HIDDEN = re.compile(f"[{_CONTROL}{_BIDI}{_INVISIBLE}]")
# PostgreSQL takes each of them for a letter, so that no grammar refuses them where they stand.
_QUOTES = "\u2018-\u201f\u2032\u2033\u00ab\u00bb"
_DASHES = "\u2010-\u2015\u2212"
_WIDE = "\u3001\u3002\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
_MISTAKEN = re.compile(f"[{_CONTROL}{_BIDI}{_INVISIBLE}{_QUOTES}{_DASHES}{_WIDE}]")
_IS_BIDI = re.compile(f"[{_BIDI}]")
_TURNS = re.compile(f"[{_TURNING}]")
_KINDS = {
    f"[{_BIDI}]": "a text direction mark",
    f"[{_CONTROL}]": "a control character",
    f"[{_QUOTES}]": "a typographic quotation mark",
    f"[{_DASHES}]": "a typographic dash",
    f"[{_WIDE}]": "a full-width character",
    "\ufeff": "a byte order mark",
    "\u00a0": "a no-break space",
    "\u200b": "a zero-width space",
    "\u200c": "a zero-width non-joiner",
    "\u200d": "a zero-width joiner",
    "\u00ad": "a soft hyphen",
}


def suspicious_characters(text: str) -> list[tuple[int, str]]:
    """Where characters stand that a reader cannot see or takes for others, and their names.

    Data and comments may contain them, except those that change the direction of text: they make
    code look like something else even from inside a comment. What is mistaken for a sign of SQL
    may stand in a quoted name.
    """
    if not _MISTAKEN.search(text):
        return []
    sought = {Part.COMMENT: _IS_BIDI, Part.NAME: _HIDDEN, Part.CODE: _MISTAKEN}
    return [
        (match.start(), named(match[0]))
        for piece in pieces(text)
        if piece.part in sought
        for match in sought[piece.part].finditer(text, piece.start, piece.end)
    ]


def turned_data(text: str) -> list[tuple[int, str]]:
    """Where a literal contains characters that change the direction of the text around them."""
    if not _TURNS.search(text):
        return []
    return [
        (match.start(), named(match[0]))
        for piece in pieces(text)
        if piece.part is Part.LITERAL
        for match in _TURNS.finditer(text, piece.start, piece.end)
    ]


def named(character: str) -> str:
    kinds = (kind for pattern, kind in _KINDS.items() if re.match(pattern, character))
    return f"{next(kinds, 'an invisible character')} (U+{ord(character):04X})"
