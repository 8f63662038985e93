"""What the server says while a statement runs: which tables it reads in full, what it checks.

It says so to a client that asks for debug1, in words meant for people. Which function of the
server said it cannot be forged with RAISE, so what a migration says itself is told from it.
"""

import re
from dataclasses import dataclass, field

from psycopg.errors import Diagnostic

LEVEL = "debug1"
# A statement that touches more tables than this is not told apart from one that floods.
MOST = 20_000

_READS = re.compile(r'(?:verifying table|on table) "(?P<table>.+?)"(?: serially| with request|$)')
_VALIDATES = re.compile(r'validating foreign key constraint "(?P<constraint>.+)"')
_TEMPORARY = re.compile(r"size (?P<bytes>\d+)$")
_SPEAKERS = {
    "index_build": _READS,
    "ATRewriteTable": _READS,
    "validateForeignKeyConstraint": _VALIDATES,
    "ReportTemporaryFileUsage": _TEMPORARY,
}


@dataclass(frozen=True)
class Heard:
    """Tables read in full and foreign keys looked through, by bare name, and bytes in files."""

    tables: frozenset[str] = frozenset()
    foreign_keys: frozenset[str] = frozenset()
    temporary_bytes: int = 0


@dataclass
class Listener:
    """Hears a connection's notices while it is told to, and keeps a bounded part of them."""

    _tables: set[str] = field(default_factory=set)
    _foreign_keys: set[str] = field(default_factory=set)
    _temporary_bytes: int = 0

    def __call__(self, said: Diagnostic) -> None:
        pattern = _SPEAKERS.get(said.source_function or "")
        match = pattern.search(said.message_primary or "") if pattern else None
        if match is None:
            return
        if pattern is _TEMPORARY:
            self._temporary_bytes += int(match["bytes"])
        else:
            kept = self._tables if pattern is _READS else self._foreign_keys
            if len(kept) < MOST:
                kept.add(match[1])

    def take(self) -> Heard:
        """What was heard since the last time."""
        heard = Heard(frozenset(self._tables), frozenset(self._foreign_keys), self._temporary_bytes)
        # mypy minds in case a subclass wants arguments: there is none.
        self.__init__()  # type: ignore[misc]
        return heard
