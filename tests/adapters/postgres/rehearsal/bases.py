"""A database with a role that owns it, for tests of what happens in one."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import psycopg

from bot.adapters.postgres.connection import Connection, connect
from bot.adapters.postgres.rehearsal.guard import Guard
from bot.core.rehearsals.refusal import Stop
from bot.core.rehearsals.rehearsal import RehearsalServer
from bot.core.targets.url import ConnectionUrl, parse_url


@dataclass
class Base:
    """A rehearsal.place.Place whose author owns one database on a server that tests share."""

    url: str
    role: str
    cached: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def server(self) -> RehearsalServer:
        return RehearsalServer("18", 18, "tests", 18)

    @property
    def author_url(self) -> ConnectionUrl:
        return parse_url(self.url)

    def author(self) -> Connection:
        connection = self.admin()
        connection.execute(f"SET SESSION AUTHORIZATION {self.role}".encode())
        return connection

    def admin(self) -> Connection:
        return connect(self.url, application_name="tests")

    def keep(self) -> None:
        """Nothing is kept."""

    def disk_used(self) -> int:
        return 0

    def kill(self) -> None:
        """Nobody is ended."""

    def run(self, *scripts: str) -> None:
        """As the author, who may do anything meanwhile."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"ALTER ROLE {self.role} SUPERUSER".encode())
            connection.execute(f"SET SESSION AUTHORIZATION {self.role}".encode())
            for each in scripts:
                connection.execute(each.encode())
            connection.execute(b"RESET SESSION AUTHORIZATION")
            connection.execute(f"ALTER ROLE {self.role} NOSUPERUSER".encode())

    def ask(self, query: str) -> Sequence[tuple[object, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()

    def one(self, query: str) -> object:
        return self.ask(query)[0][0]

    def note(self, text: str) -> None:
        self.notes.append(text)


class Unwatched(Guard):
    """Stops nothing; `exhausted_after` says how many blocks there is time for."""

    def __init__(self, exhausted_after: int | None = None) -> None:
        self._left = exhausted_after

    @property
    def stopped(self) -> Stop | None:
        return None

    @property
    def exhausted(self) -> bool:
        return self._left is not None and self._left <= 0

    @contextmanager
    def watching(self, connection: Connection, *, seconds: float | None = None) -> Iterator[None]:
        if self._left is not None:
            self._left -= 1
        yield


@contextmanager
def new_base(server_url: str, url_of: str) -> Iterator[Base]:
    """`url_of` is the URL of a database that exists, on the server of `server_url`."""
    role = f"author_{secrets.token_hex(4)}"
    name = urlsplit(url_of).path.removeprefix("/")
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role}".encode())
        connection.execute(f"ALTER DATABASE {name} OWNER TO {role}".encode())
    with psycopg.connect(url_of, autocommit=True) as connection:
        connection.execute(f"GRANT CREATE, USAGE ON SCHEMA public TO {role}".encode())
    try:
        yield Base(url_of, role)
    finally:
        with psycopg.connect(url_of, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} OWNER TO CURRENT_USER".encode())
            connection.execute(f"DROP OWNED BY {role} CASCADE".encode())
            connection.execute(f"DROP ROLE {role}".encode())
