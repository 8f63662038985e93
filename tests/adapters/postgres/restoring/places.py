"""Databases that are backed up, go on, and are put back."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.adapters.postgres.backups.dump import take_backup
from bot.adapters.postgres.restoring.site import Site, open_site
from bot.core.backups.backup import Manifest
from bot.core.restores.outcome import Put, Step
from bot.core.restores.plan import How
from bot.core.targets.target import Kind, Target
from bot.core.targets.url import ConnectionUrl, parse_url
from tests.conftest import SERVERS, RunningServer

NEWEST = max(SERVERS, key=lambda each: SERVERS[each].major)
# How a database is put back differs little from server to server; test_everything asks them all.
on_the_newest = pytest.mark.parametrize("server", [NEWEST], indirect=True)
TARGET = Target("production", Kind.PRODUCTION, "DATABASE_URL")


def quiet(text: str) -> None:
    """Tell nobody."""


@dataclass
class Live:
    """A database of a server, and the backups that were taken of it."""

    server: RunningServer
    name: str
    directory: Path
    heard: list[Step] = field(default_factory=list)
    user: str | None = None

    def url(self, name: str = "") -> ConnectionUrl:
        url = parse_url(self.server.url(name or self.name))
        if self.user is None:
            return url
        return parse_url(url.text.replace(f"{url.user}@", f"{self.user}@", 1))

    def ask(self, *statements: str, database: str = "") -> list[tuple[Any, ...]]:
        """As the server's own superuser; the rows of the last."""
        url = self.server.url(database or self.name)
        with psycopg.connect(url, autocommit=True) as connection:
            found = [connection.execute(each.encode()) for each in statements]
            return found[-1].fetchall() if found[-1].description else []

    def back_up(self) -> Manifest:
        return take_backup(TARGET.name, self.url(), self.directory, run_id=secrets.token_hex(3))

    @contextmanager
    def site(self) -> Iterator[Site]:
        with open_site(TARGET, self.url(), who="test") as site:
            site.scene(counted=False)
            yield site

    def put(self, manifest: Manifest, how: How = How.SWAP, *, owners: bool = True) -> Put:
        with self.site() as site, site.exclusively(quiet):
            return site.put(
                manifest,
                self.directory / manifest.path,
                how,
                owners=owners,
                note=quiet,
                heard=self.heard.append,
            )

    @property
    def databases(self) -> Sequence[str]:
        """All that began with this one."""
        found = self.ask(
            f"SELECT datname FROM pg_database WHERE starts_with(datname, '{self.name}') ORDER BY 1",
            database="postgres",
        )
        return [name for (name,) in found]


@contextmanager
def live(server: RunningServer, directory: Path, *statements: str) -> Iterator[Live]:
    """A new database with what the statements make; it and its likes are dropped afterwards."""
    made = Live(server, f"live_{secrets.token_hex(4)}", directory)
    made.ask(f"CREATE DATABASE {made.name} TEMPLATE template0", database="postgres")
    try:
        if statements:
            made.ask(*statements)
        yield made
    finally:
        for name in made.databases:
            made.ask(f'DROP DATABASE "{name}" WITH (FORCE)', database="postgres")
