"""Where each page and each part of it is: the same for the same names, so that links last."""

import hashlib
import re

_PLAIN = re.compile(r"[a-z0-9][a-z0-9_.-]{0,119}")
_OTHER = re.compile(r"[^a-z0-9]+")


def slug(name: str) -> str:
    """A name as a file may have it anywhere, and no two names the same."""
    if _PLAIN.fullmatch(name) and name not in ("index", "con", "nul", "aux", "prn"):
        return name
    short = _OTHER.sub("-", name.lower())[:60].strip("-")
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    return f"{short}-{digest}" if short else digest


def migration_page(name: str) -> str:
    return f"migrations/{slug(name)}.html"


def list_page(number: int) -> str:
    """The pages of the list of all migrations, counted from 1."""
    return "migrations/index.html" if number == 1 else f"migrations/page-{number}.html"


def target_anchor(name: str) -> str:
    return f"target-{slug(name)}"


def table_anchor(name: str) -> str:
    return f"table-{slug(name)}"


def rule_anchor(name: str) -> str:
    return f"rule-{slug(name)}"


def rollout_anchor(id: str) -> str:
    return f"rollout-{slug(id)}"
