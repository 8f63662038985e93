"""What was predicted of a statement beside what the server did."""

import re
from collections.abc import Iterable

from bot.core.migrations.effects import Effects
from tests.judge.observed import Observation

# What takes rows away leaves nothing in the server's catalogue to see.
_EMPTIES = re.compile(r"DELETE|TRUNCATE|cleaning\(")
# Statements whose scans the server makes without a message.
_SILENT = re.compile(r"ALTER DOMAIN|CREATE TABLE log_2025 PARTITION OF")


def differences(sql: str, effects: Effects, seen: Observation, *, rows: bool = False) -> list[str]:
    """One line for each kind of effect that differs. Indexes are locked by whatever uses their
    table; only those that a prediction names are compared. `rows` says that there are rows to
    change: then all must be locked that is predicted for that case, and without, nothing of it."""
    locked = (*effects.locks, *(effects.if_rows if rows else ()))
    named = {lock.relation: lock.mode.label for lock in locked}
    locks = {
        name: mode for name, mode in seen.locks.items() if name not in seen.indexes or name in named
    }
    emptied_of = set(effects.loses) - seen.loses if _EMPTIES.search(sql) else set()
    emptied = sql.startswith("TRUNCATE")
    scans = effects.scans if _SILENT.match(sql) else _scans(seen, effects)
    found = [
        _differs("locks", sorted(named.items()), sorted(locks.items())),
        _differs("rewrites", effects.rewrites, () if emptied else seen.rewrites),
        _differs("rebuilds", effects.rebuilds, () if emptied else seen.rebuilds),
        _differs("loses", set(effects.loses) - emptied_of, seen.loses),
        _differs("misses", effects.misses, seen.misses),
        _differs("scans", effects.scans, scans),
    ]
    return [each for each in found if each]


def _scans(seen: Observation, effects: Effects) -> set[str]:
    """Where the server leaves open which of several tables it read, one predicted will do."""
    chosen = [each & set(effects.scans) or each for each in seen.either if each]
    return set(seen.scans).union(*chosen)


def _differs(what: str, predicted: Iterable[object], seen: Iterable[object]) -> str:
    if sorted(map(str, predicted)) == sorted(map(str, seen)):
        return ""
    return f"{what} {sorted(map(str, predicted))}, the server {sorted(map(str, seen))}"
