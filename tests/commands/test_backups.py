"""Backups in a bucket that fails in every way, at a command line: one message, nothing lost, and
no migration runs."""

import json
import os
import secrets
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from bot.adapters.age.keys import IDENTITY_VARIABLE
from bot.adapters.postgres.server import Server, start_server
from bot.adapters.postgres.tools import best_for_server
from bot.core.backups.backup import MANIFEST
from bot.errors import ExitCode
from tests.adapters.postgres.processes import becomes_true
from tests.adapters.storage.bucket import (
    BUCKET,
    SECRET,
    Answer,
    Fault,
    Proxy,
    Request,
    environment,
    proxied,
    s3,
)
from tests.backups.means import Pair
from tests.commands.place import CONFIGURATION, Place, refused
from tests.shell import Done, command
from tests.shell import environment as surroundings

CANARY = "canary-5150"
DENIED = Answer(403)


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    with s3() as address:
        yield address


@dataclass
class Shop:
    """A target with rows, whose backups are encrypted and kept in a bucket."""

    place: Place
    proxy: Proxy
    pair: Pair
    url: str
    directory: Path

    @property
    def environ(self) -> Mapping[str, str]:
        return {"DATABASE_URL": self.url, **environment(f"127.0.0.1:{self.proxy.port}")}

    def bot(self, *arguments: str, identity: Pair | None = None) -> Done:
        extra = identity.environ if identity else {}
        done = self.place.bot(*arguments, environ={**self.environ, **extra})
        assert SECRET not in done.said
        assert self.left() == []
        return done

    def left(self) -> list[str]:
        """What of the plain files is on this machine."""
        return [str(path) for path in self.directory.rglob("*")]

    def listed(self) -> tuple[list[str], list[str]]:
        """The backups, and what is none."""
        found = json.loads(self.bot("backups", "list", "development", "--format", "json").out)
        return [each["id"] for each in found["backups"]], [each["id"] for each in found["strays"]]

    def applied(self) -> bool:
        with psycopg.connect(self.url) as connection:
            row = connection.execute("SELECT to_regclass('a') IS NOT NULL").fetchone()
        assert row is not None
        return bool(row[0])


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    """One is enough: the server's major makes no difference to where a backup is kept."""
    with start_server(best_for_server()) as started:
        yield started


@pytest.fixture
def shop(place: Place, upstream: str, postgres: Server) -> Iterator[Shop]:
    name = f"shop_{secrets.token_hex(4)}"
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
    database = postgres.url(name)
    pair = Pair()
    directory = place.root.parent / "private"
    prefix = place.root.parent.name.replace("_", "-")
    backup = {
        "required": True,
        "directory": str(directory),
        "store": f"s3://{BUCKET}/{prefix}",
        "encrypt_to": [pair.public],
        "keep": "1m",
    }
    target = {"kind": "development", "url_env": "DATABASE_URL", "backup": backup}
    place.write(CONFIGURATION, json.dumps({"targets": {"development": target}}))
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA other CREATE TABLE kept (note text)")
        connection.execute(f"INSERT INTO other.kept VALUES ('{CANARY}')".encode())
    with proxied(upstream) as proxy:
        yield Shop(place, proxy, pair, database, directory)


def putting(answer: Answer, *names: str) -> Fault:
    return lambda asked: (
        answer if asked.method == "PUT" and any(name in asked.path for name in names) else None
    )


@pytest.mark.slow
def test_a_backup_goes_to_a_bucket_and_is_looked_after(shop: Shop) -> None:
    done = shop.bot("backup", "development")
    assert done.code == 0, done.said
    shown = shop.bot("backups", "list", "development").out
    assert f"in s3://{BUCKET}" in shown
    assert f"encrypted to {shop.pair.public[:20]}" in shown
    assert "proved by reading every file to its end" in shown

    found = json.loads(shop.bot("backups", "list", "development", "--format", "json").out)
    id, digest = found["backups"][0]["id"], ("--digest", found["backups"][0]["digest"])
    verify = ("backups", "verify", "development", id[:20], "--level", "decode")
    refused(
        shop.bot(*verify, *digest),
        ExitCode.USAGE,
        "there is no key to read it with",
        IDENTITY_VARIABLE,
    )
    wrong = shop.bot(*verify, *digest, identity=Pair())
    assert (wrong.code, wrong.out) == (ExitCode.POSTGRES, "")
    assert "is not encrypted to the key" in wrong.err
    good = shop.bot(*verify, identity=shop.pair)
    assert good.code == 0, good.said
    assert "nobody has written its digest down" in good.err
    assert str(shop.pair.identity) not in good.said
    swapped = shop.bot(*verify, "--digest", "sha256:" + "0" * 64, identity=shop.pair)
    refused(swapped, ExitCode.POSTGRES, "has another manifest than when it was taken")

    pruned = shop.bot("backups", "prune", "development")
    assert "no backup is to be removed" in pruned.out
    assert f"kept: {id}" in pruned.out
    assert "the last that was proved" in " ".join(pruned.out.split())


FAULTS = {
    "denied": (putting(DENIED, "/"), "access was denied"),
    "denied at the dump": (putting(DENIED, ".dat"), "access was denied"),
    "500 at the manifest": (putting(Answer(500), MANIFEST), "status 500"),
    "denied at the proof": (putting(DENIED, ".proof"), "access was denied"),
    "overwritten": (putting(Answer(200), ".probe"), "overwrites what it has"),
}


ONCE_MORE = ("denied", "500 at the manifest", "denied at the proof")


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [pytest.param(each, marks=pytest.mark.soak if each in ONCE_MORE else ()) for each in FAULTS],
)
def test_where_the_store_fails_no_migration_runs(shop: Shop, fault: str) -> None:
    shop.proxy.fault, says = FAULTS[fault]
    done = shop.bot("apply", "development")
    assert done.code == ExitCode.POSTGRES, done.said
    assert says in done.err
    assert done.err.count("error: ") == 1
    assert not shop.applied()
    # What was stored of it is gone; where everything but the proof is there, it is not proved.
    shop.proxy.fault = lambda request: None
    backups, strays = shop.listed()
    assert (len(backups), strays) == (1 if fault == "denied at the proof" else 0, [])
    again = shop.bot("apply", "development")
    assert again.code == 0, again.said
    assert shop.applied()


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["SIGKILL", "SIGTERM"])
def test_one_that_is_ended_while_it_stores_leaves_nothing_plain_for_long(
    shop: Shop, how: signal.Signals
) -> None:
    held: list[Request] = []

    def hold(asked: Request) -> Answer | None:
        if asked.method == "PUT" and ".dat" in asked.path:
            held.append(asked)
            return Answer(500, slow=20.0)
        return None

    shop.proxy.fault = hold
    with subprocess.Popen(
        command("backup", "development"),
        cwd=shop.place.root,
        env=surroundings(**shop.environ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert becomes_true(lambda: bool(held))
        assert shop.left() != []
        os.kill(process.pid, how)
        process.wait()
    shop.proxy.fault = lambda request: None
    if how is signal.SIGTERM:
        assert shop.left() == []
    done = shop.place.bot("backup", "development", environ=shop.environ)
    assert done.code == 0, done.said
    assert shop.left() == []
    backups, strays = shop.listed()
    assert len(backups) == 1
    # What it had stored is swept when it is a day old.
    assert len(strays) == 1
