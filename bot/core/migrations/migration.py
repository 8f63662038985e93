"""A migration as Prisma sees it: its name, its text, its checksum, and its row in a target.

Facts about order, checksums and names are Prisma's own (schema engine 7.10 and CLI 7.10), noted
where they are used.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

SCRIPT = "migration.sql"
DOWN_SCRIPT = "down.sql"
LOCK_FILE = "migration_lock.toml"
PROVIDER = "postgresql"

_NAME = re.compile(r"[0-9]{14}_[a-z0-9_]+")

# Prisma >= 6.6 sorts folders with JavaScript's localeCompare (ICU root collation). For ASCII names
# that is: compare by this table with case folded, then shorter first, then lower case first.
_ICU_ORDER = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
_ICU_RANK = {character: rank for rank, character in enumerate(_ICU_ORDER)}
_ASCII_RANKS = bytes(
    _ICU_RANK.get(chr(byte).lower(), (len(_ICU_ORDER) + byte) % 256) for byte in range(256)
)


@dataclass(frozen=True)
class Migration:
    """One folder of the history with a readable `migration.sql`.

    `path` is the script's path with forward slashes, relative to the checkout where there is one.
    `sql` is the text as Prisma decodes it: UTF-8, invalid bytes replaced, a BOM kept.
    `valid_utf8` is False when bytes had to be replaced. `down` is the text of `down.sql`, if any.
    """

    name: str
    path: str
    sql: str
    down: str | None = None
    valid_utf8: bool = True

    @property
    def checksum(self) -> str:
        """Lower-case hex SHA-256 of the decoded text, as Prisma stores it."""
        return checksum_of(self.sql)

    @property
    def created_at(self) -> datetime | None:
        """The UTC time in the name; None where the name carries no possible time."""
        return timestamp_of(self.name)


@dataclass(frozen=True)
class AppliedMigration:
    """One row of `_prisma_migrations`; several rows may carry the same name."""

    id: str
    name: str
    checksum: str
    started_at: datetime
    finished_at: datetime | None = None
    rolled_back_at: datetime | None = None
    logs: str | None = None
    applied_steps_count: int = 0

    @property
    def finished(self) -> bool:
        return self.finished_at is not None and self.rolled_back_at is None

    @property
    def unfinished(self) -> bool:
        """Started and neither finished nor rolled back: failed, or still running."""
        return self.finished_at is None and self.rolled_back_at is None

    @property
    def marked(self) -> bool:
        """Written by `resolve --applied`, Prisma's or ours: nothing was run."""
        return self.finished and self.applied_steps_count == 0 and self.logs == ""


def checksum_of(sql: str) -> str:
    return hashlib.sha256(sql.encode("utf-8", "surrogatepass")).hexdigest()


def same_checksum(stored: str, sql: str) -> bool:
    """Whether a stored checksum is that of the text, by Prisma's rules.

    LF and CRLF variants count as equal, and a stored value that is not 64 characters long is in the
    old form without zero padding (prisma-engines, `checksum.rs`).
    """
    variants = {sql, sql.replace("\r\n", "\n"), sql.replace("\n", "\r\n")}
    digests = (hashlib.sha256(text.encode("utf-8", "surrogatepass")) for text in variants)
    if stored and len(stored) != 64:
        return any(stored == "".join(f"{byte:x}" for byte in each.digest()) for each in digests)
    return any(stored == each.hexdigest() for each in digests)


@cache
def sort_key(name: str) -> tuple[tuple[int, ...], tuple[str, ...], tuple[bool, ...], str]:
    """Orders names as Prisma >= 6.6 does: by letter, then by accent, then lower case first.

    What is neither ASCII nor an accented letter of it sorts after, by code point.
    """
    if name.isascii():
        # Half of a check of 800 migrations went into this order before it had a short way.
        ranks = tuple(name.encode("ascii").translate(_ASCII_RANKS))
        return ranks, ("",) * len(name), tuple(map(str.isupper, name)), name
    letters = _letters(name)
    ranks = tuple(_rank(each[0].lower()) for each in letters)
    marks = tuple(each[1:] for each in letters)
    return ranks, marks, tuple(each[0].isupper() for each in letters), name


def _rank(character: str) -> int:
    return _ICU_RANK.get(character, len(_ICU_ORDER) + ord(character[0]))


def _letters(name: str) -> tuple[str, ...]:
    """Each letter with the marks that belong to it."""
    letters: list[str] = []
    for character in unicodedata.normalize("NFD", name):
        if letters and unicodedata.combining(character):
            letters[-1] += character
        else:
            letters.append(character)
    return tuple(letters)


def well_named(name: str) -> bool:
    """Whether a name is fourteen digits, an underscore, and lower-case words."""
    return _NAME.fullmatch(name) is not None


@cache
def timestamp_of(name: str) -> datetime | None:
    match = re.match(r"([0-9]{14})(?![0-9])", name)
    if match is None:
        return None
    try:
        return datetime.strptime(match[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
