"""Names for new migrations, exactly as `prisma migrate dev` makes them of what somebody typed.

Prisma hands the words to @sindresorhus/slugify with `_` as the separator, and keeps 200 characters.
"""

import re
import unicodedata

LONGEST = 200
_OVERRIDABLE = (("&", " and "), ("\U0001f984", " unicorn "), ("\u2665", " love "))
# JavaScript's \d and \s are no Python's.
_DECAMELIZED = (
    (re.compile(r"([A-Z]{2,})([0-9]+)"), r"\1 \2"),
    (re.compile(r"([a-z0-9]+)([A-Z]{2,})"), r"\1 \2"),
    (re.compile(r"([a-z0-9])([A-Z])"), r"\1 \2"),
    # An s may be the plural of an abbreviation: `APIs` is one word.
    (re.compile(r"([A-Z]+)([A-Z][a-rt-z0-9]+)"), r"\1 \2"),
)
_SPACE = r"[\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]"
_CONTRACTION = re.compile(rf"([a-zA-Z0-9]+)'([ts])({_SPACE}|\Z)")
_APART = re.compile(r"[^a-z0-9]+")
_ASCII_DIACRITICS = str.maketrans("", "", "^`")


def prisma_slug(name: str) -> str:
    """Lower-case words with `_` between them; "" if the name has no letter that can be written."""
    text = _decamelized(_english(name)).lower()
    text = _CONTRACTION.sub(r"\1\2\3", text)
    return _APART.sub("_", text).strip("_")[:LONGEST]


def _english(name: str) -> str:
    """As @sindresorhus/transliterate writes it."""
    text = unicodedata.normalize("NFC", name)
    if text.isascii():
        return text.replace("&", " and ").translate(_ASCII_DIACRITICS)
    # Imported late: most names are ASCII.
    from bot.core.migrations.letters import DIACRITICS, REPLACEMENTS

    for letters, word in (*REPLACEMENTS, *_OVERRIDABLE):
        text = text.replace(letters, word)
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(each for each in apart if each not in DIACRITICS))


def _decamelized(text: str) -> str:
    for pattern, written in _DECAMELIZED:
        text = pattern.sub(written, text)
    return text
