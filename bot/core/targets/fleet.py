"""A target that is many databases: where they are listed, in which waves, within what limits."""

from dataclasses import dataclass

from bot.core.targets.url import ConnectionUrl

DEFAULT_PARALLEL = 16
DEFAULT_PER_SERVER = 4


@dataclass(frozen=True)
class Source:
    """Where the tenants are listed; exactly one of the fields is given.

    `urls_env` is a variable that holds them. The others are read from the database of the target's
    own URL: `query` gives a name and a url or schema each, `schemas` are the names of schemas of
    that database, or one LIKE pattern for them.
    """

    urls_env: str | None = None
    query: str | None = None
    schemas: str | tuple[str, ...] | None = None


@dataclass(frozen=True)
class Wave:
    """Tenants that are migrated before those of the next wave begin.

    `tenants` are named; besides them it takes `count` more, or that many per cent of the fleet
    (`share`), or all that are left.
    """

    name: str
    count: int = 0
    share: float = 0.0
    rest: bool = False
    tenants: tuple[str, ...] = ()


DEFAULT_WAVES = (Wave("canary", count=1), Wave("early", share=10.0), Wave("rest", rest=True))


@dataclass(frozen=True)
class Budget:
    """How many tenants of a wave may fail before no more are begun: a `count`, or per cent.

    Without either: 2 per cent, and at least one. The first wave has none to spare.
    """

    count: int | None = None
    share: float | None = None


@dataclass(frozen=True)
class Fleet:
    """`parallel` is how many tenants are migrated at once, `per_server` how many on one server.

    `soak` is the seconds between two waves. `health` is SQL that must answer true on each tenant of
    a wave before the next begins. `shard_size` is how many tenants one job of a matrix takes.
    """

    source: Source
    waves: tuple[Wave, ...] = DEFAULT_WAVES
    parallel: int = DEFAULT_PARALLEL
    per_server: int = DEFAULT_PER_SERVER
    errors: Budget = Budget()
    soak: int = 0
    health: str | None = None
    shard_size: int = 1000


@dataclass(frozen=True)
class Tenant:
    """One database, or one schema of one, of a fleet."""

    name: str
    url: ConnectionUrl

    @property
    def server(self) -> str:
        return f"{self.url.host}:{self.url.port}"

    @property
    def database(self) -> str:
        """What shares one migration lock: Prisma's is per database, whatever the schema."""
        return f"{self.server}/{self.url.database}"


@dataclass(frozen=True)
class Shard:
    """A part of a fleet: the `index`-th of `count` slices of its last wave; 0 is what goes before.

    So a fleet is spread over jobs, and its canary still goes first.
    """

    index: int
    count: int

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"
