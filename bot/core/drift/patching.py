"""A snapshot with some of what another has: what a script is drafted towards."""

import re
from collections.abc import Iterable, Iterator

from bot.core.drift.deviation import Deviation
from bot.core.drift.policy import Matter
from bot.core.drift.settling import main_owner, renamed
from bot.core.schemas.schema import LINKS, Definition, Snapshot

_ROLE = re.compile(r'(?:^|(?<=, ))("(?:[^"]|"")+"|[^=,"]+)(?==)')
_NO_ROLES = ("PUBLIC", "public", "")


def patched(base: Snapshot, other: Snapshot, deviations: Iterable[Deviation]) -> Snapshot:
    """`base` with every one of these settled as `other` has it, and all else as it is.

    The role that owns nearly all is called otherwise on either side: what comes from the other side
    is the own one's here.
    """
    found = dict(base)
    theirs, ours = main_owner(other, among=base), main_owner(base, among=other)
    other = renamed(other, theirs, ours)
    for each in deviations:
        key = each.change.kind, each.change.identity
        if key not in other:
            found.pop(key, None)
        elif key not in base:
            found[key] = other[key]
        else:
            # With what it stands on there.
            found[key] = _mixed(base[key], other[key], {*each.change.attributes, *LINKS})
    return found


def _mixed(base: Definition, other: Definition, names: Iterable[str]) -> Definition:
    taken, wanted = dict(base), dict(other)
    # How the other is called and made comes with it: a script is made of that.
    for name in {*names, *LINKS}:
        taken.pop(name, None)
        if name in wanted:
            taken[name] = wanted[name]
    return tuple(sorted(taken.items()))


def roles_of(snapshot: Snapshot, deviations: Iterable[Deviation]) -> frozenset[str]:
    """The roles that are named, in this snapshot, by what differs in rights or policies."""
    found: set[str] = set()
    for each in deviations:
        key = each.change.kind, each.change.identity
        if each.matter is Matter.RIGHTS or each.change.kind == "policy":
            found.update(_roles(snapshot.get(key, ())))
    return frozenset(_bare(each) for each in found) - {*_NO_ROLES}


def _roles(definition: Definition) -> Iterator[str]:
    attributes = dict(definition)
    if role := attributes.get("role"):
        yield str(role)
    if roles := attributes.get("roles"):
        yield from str(roles).split(", ")
    yield from _ROLE.findall(str(attributes.get("privileges") or ""))


def _bare(role: str) -> str:
    return role[1:-1].replace('""', '"') if role.startswith('"') else role
