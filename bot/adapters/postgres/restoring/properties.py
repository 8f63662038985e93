"""What a database is besides what is in it: its locale, owner, rights, settings and comment.

A dump of a database has none of these. They are read from the one that is there, and given to the
one that takes its place.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from psycopg import sql
from psycopg.sql import Composed, Identifier, Literal

from bot.adapters.postgres.connection import Connection

# Columns that only some majors have are read through to_jsonb.
_PROPERTIES = """
SELECT d.oid::bigint, pg_encoding_to_char(d.encoding), d.datcollate, d.datctype,
       to_jsonb(d)->>'datlocprovider',
       coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale'),
       to_jsonb(d)->>'daticurules', r.rolname, t.spcname, d.datconnlimit,
       d.datacl IS NULL, shobj_description(d.oid, 'pg_database')
  FROM pg_catalog.pg_database AS d
  JOIN pg_catalog.pg_roles AS r ON r.oid = d.datdba
  JOIN pg_catalog.pg_tablespace AS t ON t.oid = d.dattablespace
 WHERE d.datname = %s
"""
_GRANTS = """
SELECT coalesce(r.rolname, ''), a.privilege_type, a.is_grantable
  FROM pg_catalog.pg_database AS d, aclexplode(d.datacl) AS a
  LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee
 WHERE d.datname = %s ORDER BY 1, 2
"""
_SETTINGS = """
SELECT coalesce(r.rolname, ''), s.setconfig
  FROM pg_catalog.pg_db_role_setting AS s
  JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase
  LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.setrole
 WHERE d.datname = %s ORDER BY 1
"""
_PROVIDERS = {"c": "libc", "i": "icu", "b": "builtin"}
# GUC_LIST_QUOTE: what is stored is a list of names, each of which is quoted by itself.
_LISTS = frozenset(
    {
        "local_preload_libraries",
        "search_path",
        "session_preload_libraries",
        "shared_preload_libraries",
        "temp_tablespaces",
        "unix_socket_directories",
    }
)
_LIBC_SINCE = 15
_USUAL_TABLESPACE = "pg_default"
_NAME = re.compile(r'"((?:[^"]|"")*)"|([^\s,"]+)')


@dataclass(frozen=True)
class Grant:
    """`role` is "" for everybody."""

    role: str
    right: str
    grantable: bool


@dataclass(frozen=True)
class Properties:
    """`plain` says that its rights are those that every database has. `settings` are by role, ""
    for all of them: each a name and a value as the catalogue stores it."""

    oid: int
    encoding: str
    collate: str
    ctype: str
    provider: str
    locale: str | None
    rules: str | None
    owner: str
    tablespace: str
    limit: int
    plain: bool
    comment: str | None
    grants: tuple[Grant, ...] = ()
    settings: tuple[tuple[str, str, str], ...] = ()


def properties_of(connection: Connection, database: str) -> Properties | None:
    """None if there is no such database."""
    row = connection.execute(_PROPERTIES, (database,)).fetchone()
    if row is None:
        return None
    oid, encoding, collate, ctype, provider, locale, rules, owner, space, limit, plain, said = row
    grants = connection.execute(_GRANTS, (database,)).fetchall()
    settings = connection.execute(_SETTINGS, (database,)).fetchall()
    return Properties(
        oid,
        encoding,
        collate,
        ctype,
        _PROVIDERS.get(provider or "c", "libc"),
        locale,
        rules,
        owner,
        space,
        limit,
        plain,
        said,
        grants=tuple(Grant(*each) for each in grants),
        settings=tuple(
            (role, *each.partition("=")[::2]) for role, listed in settings for each in listed
        ),
    )


def creating(name: str, like: Properties | None, *, encoding: str, major: int) -> Composed:
    """CREATE DATABASE, as the one that it is to take the place of was made; or with an encoding."""
    start = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING {}")
    if like is None:
        # Only the C locale goes with every encoding.
        rest = "" if encoding == "UTF8" else _c_locale(major)
        return start.format(Identifier(name), Literal(encoding)) + sql.SQL(rest)
    made = start.format(Identifier(name), Literal(like.encoding))
    options: dict[str, Any] = {
        "OWNER": Identifier(like.owner),
        "LC_COLLATE": Literal(like.collate),
        "LC_CTYPE": Literal(like.ctype),
    }
    # To name the usual one takes a right that nobody needs who does not.
    if like.tablespace != _USUAL_TABLESPACE:
        options["TABLESPACE"] = Identifier(like.tablespace)
    if like.provider != "libc":
        options["LOCALE_PROVIDER"] = sql.SQL(like.provider)
        options["ICU_LOCALE" if like.provider == "icu" else "BUILTIN_LOCALE"] = Literal(like.locale)
    if like.rules:
        options["ICU_RULES"] = Literal(like.rules)
    for word, value in options.items():
        made += sql.SQL(f" {word} ") + value
    return made


def giving(name: str, like: Properties) -> Iterator[Composed]:
    """What makes its rights, settings and limit those of the other. The comment comes last of all,
    with the name."""
    database = Identifier(name)
    if not like.plain:
        yield from _rights(database, like)
    for role, setting, value in like.settings:
        whose = (
            sql.SQL("ROLE {} IN DATABASE {}").format(Identifier(role), database)
            if role
            else sql.SQL("DATABASE {}").format(database)
        )
        yield sql.SQL("ALTER {} SET {} TO {}").format(
            whose, sql.SQL(".").join(map(Identifier, setting.split("."))), _value(setting, value)
        )
    if like.limit != -1:
        yield sql.SQL("ALTER DATABASE {} CONNECTION LIMIT {}").format(database, Literal(like.limit))


def commenting(name: str, text: str | None) -> Composed:
    return sql.SQL("COMMENT ON DATABASE {} IS {}").format(Identifier(name), Literal(text))


def _rights(database: Identifier, like: Properties) -> Iterator[Composed]:
    owner = Identifier(like.owner)
    yield sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC, {}").format(database, owner)
    for each in like.grants:
        yield sql.SQL("GRANT {} ON DATABASE {} TO {}{}").format(
            sql.SQL(each.right),
            database,
            Identifier(each.role) if each.role else sql.SQL("PUBLIC"),
            sql.SQL(" WITH GRANT OPTION" if each.grantable else ""),
        )


def _value(setting: str, value: str) -> Composed:
    if setting.lower() not in _LISTS:
        return sql.Composed([Literal(value)])
    return sql.SQL(", ").join([Literal(each) for each in names_in(value)])


def names_in(text: str) -> Iterator[str]:
    """The names of a list as the catalogue stores it: `"$user", public`."""
    for quoted, plain in _NAME.findall(text):
        yield plain or quoted.replace('""', '"')


def _c_locale(major: int) -> str:
    return " LOCALE 'C'" + (" LOCALE_PROVIDER libc" if major >= _LIBC_SINCE else "")
