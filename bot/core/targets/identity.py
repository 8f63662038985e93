"""Which database it is: an identity of its own, what a configuration pins, and the mark in it."""

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

from bot.core.targets.url import DEFAULT_SCHEMA

_MARK = re.compile(r"migration-bot v1((?: [a-z_]+=\S*)+)")


@dataclass(frozen=True)
class Identity:
    """A database, told from every other.

    `system_identifier` is what initdb gave the server's data directory: physical copies share it,
    and it is "" where the server does not say. `oid` is the database's number on that server.
    `host` is that of the URL, and `schema` where the migrations table belongs.
    """

    system_identifier: str = ""
    database: str = ""
    oid: int = 0
    host: str = ""
    schema: str = DEFAULT_SCHEMA

    def is_same(self, other: "Identity") -> bool:
        """Whether both are one database, or one is a physical copy of the other. Neither its name
        nor the host says so: databases are renamed, and hosts have several names."""
        if not (self.system_identifier and other.system_identifier):
            return (self.database, self.oid, self.host) == (other.database, other.oid, other.host)
        return (self.system_identifier, self.oid) == (other.system_identifier, other.oid)


@dataclass(frozen=True)
class Pin:
    """What a configuration says of a target's identity; "" where it says nothing."""

    system_identifier: str = ""
    database: str = ""
    host: str = ""

    def mismatches(self, found: Identity) -> tuple[tuple[str, str, str], ...]:
        """What is not as pinned: its key, the pinned value, and the one that was found."""
        wanted = {
            "system_identifier": (self.system_identifier, found.system_identifier),
            "database": (self.database, found.database),
            "host": (self.host, found.host),
        }
        return tuple(
            (key, pinned, is_) for key, (pinned, is_) in wanted.items() if pinned and pinned != is_
        )


@dataclass(frozen=True)
class Mark:
    """What a rollout leaves in a database: which target it was, as a comment on its migrations
    table. Prisma has no eyes for comments."""

    target: str
    identity: Identity

    def text(self) -> str:
        """One line, the same for the same target and database."""
        values = {
            "target": self.target,
            "system": self.identity.system_identifier,
            "database": self.identity.database,
            "oid": str(self.identity.oid),
            "host": self.identity.host,
        }
        said = " ".join(f"{key}={quote(value, safe='/:.@')}" for key, value in values.items())
        return f"migration-bot v1 {said}"


def read_mark(comment: str | None) -> Mark | None:
    """The mark in a comment; None if it is somebody else's text, or none."""
    match = _MARK.fullmatch(comment or "")
    if match is None:
        return None
    said = dict(each.split("=", 1) for each in match[1].split())
    if "target" not in said or not said.get("oid", "").isdecimal():
        return None
    identity = Identity(
        said.get("system", ""),
        unquote(said.get("database", "")),
        int(said["oid"]),
        unquote(said.get("host", "")),
    )
    return Mark(unquote(said["target"]), identity)


def marked(target: str, identity: Identity) -> str:
    """The text to write into a database."""
    return Mark(target, replace(identity, schema=DEFAULT_SCHEMA)).text()
