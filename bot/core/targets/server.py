"""A PostgreSQL server and one database on it, as far as a decision needs to know them."""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.targets.identity import Identity
from bot.core.targets.url import DEFAULT_SCHEMA


class Pooling(StrEnum):
    """What stands between us and the server. Over `SESSION` a session stays one session; over
    `TRANSACTION` every transaction may meet another, so that nothing may outlast one."""

    NONE = "none"
    SESSION = "session"
    TRANSACTION = "transaction"


@dataclass(frozen=True)
class Rights:
    """What our role may do. `history` is None where the migrations table is not there yet;
    else it says whether the role may read, insert and update its rows. `every_row` is False where
    row level security may keep some of them from it."""

    create_schema: bool = True
    create_in_schema: bool = True
    history: bool | None = True
    see_everybody: bool = True
    every_row: bool = True


@dataclass(frozen=True)
class OpenTransaction:
    """One that has been open for longer than a minute; `age` is in seconds. `pid` is 0 if it is
    prepared: no session holds it then, and `name` is its own. `relations` are those it has locked,
    as far as that was asked."""

    pid: int
    age: float
    name: str = ""
    user: str = ""
    relations: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """Which it is, for a person who is to end it."""
        minutes = f"{self.age / 60:,.0f} min"
        if not self.pid:
            return f"the prepared transaction {self.name} of {self.user}, for {minutes}"
        called = f"{self.name}, " if self.name else ""
        return f"process {self.pid} ({called}user {self.user}), for {minutes}"


@dataclass(frozen=True)
class ServerFacts:
    """What must be known of a server before anything is written to it.

    `schema` is where the migrations table belongs, and `has_schema` whether that schema is there.
    `comment` is what is written on the migrations table, and `owns_table` whether we may write it.
    `open` are sessions' transactions, `prepared` those of nobody. `connections_left` is how many
    more the server would let in; None if that is not known. `standard_strings` says that a
    backslash in an ordinary string is only that.
    """

    version: str
    major: int
    database: str
    read_only: bool
    in_recovery: bool
    identity: Identity = field(default_factory=Identity)
    pooling: Pooling = Pooling.NONE
    schema: str = DEFAULT_SCHEMA
    has_schema: bool = True
    comment: str | None = None
    owns_table: bool = True
    rights: Rights = field(default_factory=Rights)
    role: str = ""
    open: tuple[OpenTransaction, ...] = ()
    prepared: tuple[OpenTransaction, ...] = ()
    connections_left: int | None = None
    standard_strings: bool = True


@dataclass(frozen=True)
class TableFacts:
    """A table that is there already, `relation` as `schema.name`. `bytes` is what it and its
    indexes take on disk."""

    relation: str
    owner: str
    owned: bool
    bytes: int
