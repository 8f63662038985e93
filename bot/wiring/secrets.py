"""What must never be shown: the secrets of this process, struck out of every text."""

import os
from collections.abc import Callable, Iterable

from bot.core.log import inert
from bot.core.redact import Redactor

# The private key that audit records are signed with.
AUDIT_KEY_VARIABLE = "MIGRATION_BOT_AUDIT_KEY"
# The private key that encrypted backups are read with.
IDENTITY_VARIABLE = "MIGRATION_BOT_AGE_IDENTITY"

# Connection strings that this process was told by a database, and not by its environment.
_told: set[str] = set()
# Variables that the configuration says hold secrets, whatever they are called. An error that ends
# the process is told when nobody knows the configuration any more.
_named: set[str] = {AUDIT_KEY_VARIABLE, IDENTITY_VARIABLE}


def keep_secret(urls: Iterable[str]) -> None:
    """From now on also these connection strings."""
    _told.update(urls)


def keep_variables_secret(names: Iterable[str]) -> None:
    """From now on also what is in these variables of the environment."""
    _named.update(names)


def is_named_secret(name: str) -> bool:
    """Whether this variable is said to hold a secret, whatever it is called."""
    return name in _named


def cleaner(names: tuple[str, ...] = ()) -> Callable[[str], str]:
    """Strikes every secret of this process out of a text, also those it was told since."""
    known: dict[tuple[int, int], Redactor] = {}

    def clean(text: str) -> str:
        told, named = frozenset(_told), frozenset(_named)
        key = len(told), len(named)
        if key not in known:
            known.clear()
            known[key] = Redactor.from_environment(os.environ, {*names, *named}, urls=told)
        return known[key].redact(text)

    return clean


def log_cleaner(names: tuple[str, ...] = ()) -> Callable[[str], str]:
    """As `cleaner`, for what is read along by a person; and on GitHub also by its runner."""
    clean = cleaner(names)
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return clean
    return lambda text: inert(clean(text))
