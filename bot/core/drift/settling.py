"""Two snapshots made comparable: what stands elsewhere, is called otherwise, or does not count."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.core.drift.policy import DriftPolicy
from bot.core.schemas.schema import POSITION, Definition, Snapshot

PARENTS = ("table", "foreign table", "view", "materialized view")
PARTS = ("column", "constraint", "index", "trigger", "policy", "rule")
ABOUT = ("comment", "security label", "owner", "grant")
# Whose it is depends on the major that the database was made with, and on nobody's migrations.
PUBLIC = "schema public"
# What an owner is called among the grants of its object.
OWNER = "owner"
_OWNED_AS = {"column": "relation", "foreign server": "server", "default": ""}


@dataclass(frozen=True)
class Settled:
    """`grown` is how many partitions only the target has: time has passed."""

    expected: Snapshot
    there: Snapshot
    grown: int = 0


def settled(
    expected: Snapshot, there: Snapshot, policy: DriftPolicy, *, across_majors: bool = False
) -> Settled:
    """Both without what the policy ignores, under one owner's name, and without the places of
    extensions that stand elsewhere."""
    grown = _grown(expected, there)
    kept = without_objects(there, grown)
    made, found = _counting(expected, policy), _counting(kept, policy)
    made, found = _without_public(made, across_majors), _without_public(found, across_majors)
    made = renamed(made, main_owner(made), main_owner(found, among=made))
    places = _moved_extensions(made, found)
    made, found = _unplaced(_grants(made), places), _unplaced(_grants(found), places)
    made, found = _versioned(made, found)
    return Settled(*_in_order(made, found), grown=len(grown))


def without_objects(snapshot: Snapshot, identities: Collection[str]) -> Snapshot:
    """Without these tables, and what belongs to them."""
    if not identities:
        return snapshot
    plain = {_plain(each) for each in identities}
    return {
        key: definition
        for key, definition in snapshot.items()
        if not (key[0] in (*PARENTS, *PARTS, "sequence") and _within(key, identities))
        and not (key[0] in ABOUT and any(each in plain for each in subjects(key[1])))
    }


def _within(key: tuple[str, str], identities: Collection[str]) -> bool:
    return key[1] in identities or (key[0] in PARTS and container(key[1]) in identities)


def container(identity: str) -> str:
    """The table of a column, the schema of a table."""
    return identity.rpartition(".")[0]


def subjects(text: str) -> list[str]:
    """What a comment, an owner or a grant may be about, by its name and by those it stands in."""
    named, on, table = _plain(text).partition(" on ")
    found = [table] if on else []
    for at in re.finditer(" ", named):
        name = named[at.end() :]
        found += [name, container(name)]
    return found


def subject(text: str) -> str:
    """The table, or whatever else, that a comment, an owner or a grant is told with."""
    found = subjects(text)
    if " on " in text or not found:
        return found[0] if found else text
    return found[-1] if re.search(r"\bcolumn ", text) else found[-2]


def _plain(identity: str) -> str:
    return identity.replace('"', "").partition("(")[0]


def _counting(snapshot: Snapshot, policy: DriftPolicy) -> Snapshot:
    if not policy.ignore:
        return snapshot
    ignored = {key for key in snapshot if policy.ignores(_names(key))}
    tables = {name for kind, name in ignored if kind in PARENTS}
    kept = {key: value for key, value in snapshot.items() if key not in ignored}
    return without_objects(kept, tables)


def _names(key: tuple[str, str]) -> list[tuple[str, str]]:
    """Of an object, and of the schema that it is in."""
    kind, identity = key
    if kind not in ABOUT:
        schema = identity.partition(".")[0]
        return [key, ("schema", schema)] if "." in identity else [key]
    return [key, *(("schema", each.partition(".")[0]) for each in subjects(identity) if each)]


def _without_public(snapshot: Snapshot, across_majors: bool) -> Snapshot:
    kept = {
        key: value
        for key, value in snapshot.items()
        if key not in (("owner", PUBLIC), ("schema", "public"), ("comment", PUBLIC))
        or (key[0] == "comment" and dict(value).get("text") != "standard public schema")
    }
    grant = "grant", PUBLIC
    if across_majors and grant in kept:
        # Until PostgreSQL 14 everybody might make something there.
        said = str(dict(kept[grant])["privileges"]).replace("PUBLIC=CREATE, ", "")
        kept[grant] = (("privileges", said),)
    return kept


def main_owner(snapshot: Snapshot, *, among: Collection[tuple[str, str]] | None = None) -> str:
    """Whose most of the objects are; "" if nothing is known of owners."""
    roles = Counter(
        str(dict(definition).get("role"))
        for key, definition in snapshot.items()
        if key[0] == "owner" and (among is None or key in among)
    )
    return roles.most_common(1)[0][0] if roles else ""


def renamed(snapshot: Snapshot, role: str, name: str) -> Snapshot:
    """What one role owns, grants and is granted there, as if it were another's."""
    if not role or not name or role == name:
        return snapshot
    return {
        (kind, _default_of(identity, role, name) if kind == "grant" else identity): (
            tuple((each, _as(value, role, name)) for each, value in definition)
            if kind in ("owner", "grant")
            else definition
        )
        for (kind, identity), definition in snapshot.items()
    }


def _default_of(identity: str, role: str, name: str) -> str:
    start = f"default {role} "
    return (
        f"default {name} {identity.removeprefix(start)}" if identity.startswith(start) else identity
    )


def _as(value: object, role: str, name: str) -> str:
    text = str(value)
    return name if text == role else re.sub(rf"(?:^|(?<=, )){re.escape(role)}=", f"{name}=", text)


def _grants(snapshot: Snapshot) -> Snapshot:
    """With an owner's own rights under one name, and in an order that no name decides."""
    owners = {
        identity: str(dict(definition).get("role"))
        for (kind, identity), definition in snapshot.items()
        if kind == "owner"
    }
    main = main_owner(snapshot)
    found = dict(snapshot)
    for (kind, identity), definition in snapshot.items():
        if kind == "grant":
            owner = owners.get(_owned(identity), main)
            found[kind, identity] = tuple(
                (name, _sorted(value, owner)) for name, value in definition
            )
    return found


def _owned(grant: str) -> str:
    kind = next((each for each in _OWNED_AS if grant.startswith(f"{each} ")), None)
    if kind is None:
        return grant
    name = grant.removeprefix(f"{kind} ")
    return f"{_OWNED_AS[kind]} {container(name) if kind == 'column' else name}"


def _sorted(value: object, owner: str) -> str:
    given = [each for each in str(value or "").split(", ") if each]
    if owner:
        given = [re.sub(rf"^{re.escape(owner)}=", f"{OWNER}=", each) for each in given]
    return ", ".join(sorted(given))


def _moved_extensions(expected: Snapshot, there: Snapshot) -> frozenset[str]:
    """Schemas of extensions that stand elsewhere on the target, as at some providers."""
    places: set[str] = set()
    for key in expected:
        if key[0] == "extension" and key in there:
            both = {str(dict(each).get("schema")) for each in (expected[key], there[key])}
            places |= both if len(both) > 1 else set()
    return frozenset(places)


def _unplaced(snapshot: Snapshot, places: Collection[str]) -> Snapshot:
    """In every text without the names of schemas in `places`."""
    if not places:
        return snapshot
    names = "|".join(re.escape(each) for each in sorted(places))
    qualifier = re.compile(rf'(?<![\w"])"?(?:{names})"?\.')
    return {
        key: tuple(
            (name, qualifier.sub("", value) if isinstance(value, str) else value)
            for name, value in definition
        )
        for key, definition in snapshot.items()
    }


def _versioned(expected: Snapshot, there: Snapshot) -> tuple[Snapshot, Snapshot]:
    """Versions of extensions count where both are known."""
    unknown = {
        key
        for key in expected
        if key[0] == "extension"
        and "version" not in dict(expected[key]).keys() & dict(there.get(key, ())).keys()
    }

    def cut(snapshot: Snapshot) -> Snapshot:
        return {
            key: tuple(each for each in definition if each[0] != "version")
            if key in unknown
            else definition
            for key, definition in snapshot.items()
        }

    return (cut(expected), cut(there)) if unknown else (expected, there)


def _grown(expected: Snapshot, there: Snapshot) -> frozenset[str]:
    """Partitions that only the target has were made as time went on, of tables that are known."""
    return frozenset(
        identity
        for (kind, identity), definition in there.items()
        if kind in ("table", "foreign table")
        and (kind, identity) not in expected
        and _parents(definition, expected)
    )


def _parents(definition: Definition, expected: Snapshot) -> list[str]:
    attributes = dict(definition)
    if not attributes.get("partition"):
        return []
    named = str(attributes.get("inherits") or "").replace('"', "")
    return [each for each in named.split(", ") if ("table", each) in expected]


def _in_order(expected: Snapshot, there: Snapshot) -> tuple[Snapshot, Snapshot]:
    """The order of columns among those that both have: one more moves none of the others."""
    both = {key for key in expected if key[0] == "column" and key in there}
    return _ranked(expected, both), _ranked(there, both)


def _ranked(snapshot: Snapshot, both: Collection[tuple[str, str]]) -> Snapshot:
    ranks = _ranks({key: snapshot[key] for key in both})
    return {
        key: _with_rank(definition, ranks.get(key)) if key[0] == "column" else definition
        for key, definition in snapshot.items()
    }


def _ranks(columns: Snapshot) -> Mapping[tuple[str, str], int]:
    tables: dict[str, list[tuple[int, tuple[str, str]]]] = {}
    for key, definition in columns.items():
        place = int(dict(definition).get(POSITION) or 0)
        tables.setdefault(container(key[1]), []).append((place, key))
    return {
        key: rank for found in tables.values() for rank, (_, key) in enumerate(sorted(found), 1)
    }


def _with_rank(definition: Definition, rank: int | None) -> Definition:
    return tuple(
        (name, rank if name == POSITION else value)
        for name, value in definition
        if name != POSITION or rank is not None
    )
