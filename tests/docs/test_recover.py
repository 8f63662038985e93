"""The page for 3 a.m.: each of its commands is run, where its section says one is."""

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.adapters.postgres.server import start_server
from bot.errors import ExitCode
from tests.adapters.postgres.restoring.places import Live, live
from tests.commands.place import CONFIGURATION, FOLDER, INIT, MORE, SCRIPT, Place, repository
from tests.conftest import SERVERS
from tests.docs.documents import ROOT
from tests.shell import Done, environment

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs/how-to/recover.md").read_text("utf-8")
EXAMPLE = "20261122T1531"
INSTALLATION = max(SERVERS.values(), key=lambda each: each.major)
TARGETS = """
targets:
  staging:
    kind: staging
    url_env: STAGING_DATABASE_URL
    backup: {{directory: {0}/staging}}
  production:
    kind: production
    url_env: PRODUCTION_DATABASE_URL
    approvals: 0
    backup: {{directory: {0}/production{1}}}
"""
TABLES = """CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY);
INSERT INTO orders VALUES (1), (2), (3);
"""


def sections() -> dict[str, str]:
    parts = re.split(r"^## (.+)$", PAGE, flags=re.M)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def shown(section: str) -> list[str]:
    """Its command lines, in order."""
    blocks = re.findall(r"^```(?:console|bash)\n(.*?)^```$", sections()[section], re.M | re.S)
    return [line.removeprefix("$ ") for block in blocks for line in block.splitlines() if line]


@dataclass
class Night:
    """Production at 3 a.m.; `backup` is one from before whatever happened."""

    place: Place
    production: Live
    staging: Live
    directory: Path
    backup: str = ""
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        return {
            "PRODUCTION_DATABASE_URL": str(self.production.url().text),
            "STAGING_DATABASE_URL": str(self.staging.url().text),
            "PATH": f"{INSTALLATION.bin}:{environment()['PATH']}",
            **self.more,
        }

    def bot(self, *arguments: str) -> Done:
        return self.place.bot(*arguments, environ=self.environ)

    def take_backup(self) -> None:
        done = self.bot("backup", "production")
        assert done.code == ExitCode.FINE, done.said
        there = (self.directory / "production").iterdir()
        self.backup = max(each.name for each in there if each.is_dir())

    def follow(self, line: str) -> Done:
        """Do what the page says."""
        line = line.replace(EXAMPLE, self.backup)
        if line.startswith("migration-bot "):
            return self.bot(*shlex.split(line)[1:])
        done = subprocess.run(
            ["sh", "-ec", line],
            env=environment(**self.environ),
            capture_output=True,
            text=True,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def orders(self) -> list[int]:
        return [id for (id,) in self.production.ask("SELECT id FROM orders ORDER BY id")]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    tmp_path = tmp_path_factory.mktemp("night")
    place, directory = repository(tmp_path / "repository"), tmp_path / "backups"
    with (
        start_server(INSTALLATION) as server,
        live(server, tmp_path) as production,
        live(server, tmp_path) as staging,
    ):
        made = Night(place, production, staging, directory)
        place.write(CONFIGURATION, TARGETS.format(directory, ""))
        place.write(f"{FOLDER}/{INIT}/migration.sql", TABLES)
        for target in ("staging", "production"):
            done = made.bot("apply", target)
            assert done.code == ExitCode.FINE, done.said
        made.take_backup()
        yield made


def nothing(night: Night) -> None:
    """As it is."""


def failed(night: Night) -> None:
    """A migration has failed, and has been mended."""
    night.place.write(SCRIPT, "ALTER TABLE a ADD COLUMN n int NOT NULL DEFAULT 1 / 0;\n")
    assert night.bot("apply", "production").code == ExitCode.POSTGRES
    night.place.write(SCRIPT, "ALTER TABLE a ADD COLUMN n int;\n")


def taken_back(night: Night) -> None:
    assert (MORE,) not in night.production.ask(
        "SELECT migration_name FROM _prisma_migrations WHERE rolled_back_at IS NULL"
    )


def table_gone(night: Night) -> None:
    night.production.ask("DROP TABLE orders", "INSERT INTO a (id) VALUES (7)")


def table_back(night: Night) -> None:
    assert night.orders() == [1, 2, 3]
    assert night.production.ask("SELECT id FROM a") == [(7,)]


def written_since(night: Night) -> None:
    night.production.ask("INSERT INTO orders VALUES (4)")


def gone_back(night: Night) -> None:
    assert night.orders() == [1, 2, 3]


def database_gone(night: Night) -> None:
    night.production.ask(f"DROP DATABASE {night.production.name} WITH (FORCE)", database="postgres")


def by_hand(night: Night) -> None:
    night.production.ask("CREATE TABLE by_hand (id int PRIMARY KEY)")


def taken_back_by_hand(night: Night) -> None:
    night.production.ask("DROP TABLE by_hand")


def elsewhere(night: Night) -> None:
    source = ", provider: pgbackrest, pgbackrest: {stanza: main}"
    night.place.write(CONFIGURATION, TARGETS.format(night.directory, source))


Scene = Callable[[Night], None]
NIGHTS: tuple[tuple[str, Scene, tuple[ExitCode, ...], Scene], ...] = (
    ("", nothing, (ExitCode.FINE,) * 3, nothing),
    ("A migration failed", failed, (ExitCode.FINE,), nothing),
    ("Data is wrong since a migration", nothing, (ExitCode.FINE,) * 2, taken_back),
    ("A table is gone", table_gone, (ExitCode.FINE,) * 3, table_back),
    ("Go back to a backup", written_since, (ExitCode.FINE,) * 2, gone_back),
    ("The database is gone", database_gone, (ExitCode.FINE,) * 2, gone_back),
    ("The key is missing", nothing, (ExitCode.FINE,), nothing),
    ("Somebody changed it by hand", by_hand, (ExitCode.HISTORY,), taken_back_by_hand),
    ("Go back to a moment", elsewhere, (ExitCode.USAGE,), nothing),
)


def test_every_command_of_the_page_is_among_those_that_are_run() -> None:
    run = {section for section, *_ in NIGHTS}
    assert {section for section in sections() if shown(section)} == run
    for section, _, codes, _ in NIGHTS:
        assert len(shown(section)) == len(codes), section


@pytest.mark.parametrize(
    ("section", "before", "codes", "after"),
    NIGHTS,
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_the_page_says_can_be_done_where_it_says_so(
    night: Night, section: str, before: Scene, codes: tuple[ExitCode, ...], after: Scene
) -> None:
    before(night)
    for line, code in zip(shown(section), codes, strict=True):
        done = night.follow(line)
        assert done.code == code, f"{line}\n{done.said}"
    after(night)


@pytest.mark.soak
def test_an_encrypted_backup_wants_the_key_and_says_where_it_goes(night: Night) -> None:
    """The rest of what the page says of keys."""
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    source = f", encrypt_to: [{identity.to_public()}]"
    night.place.write(CONFIGURATION, TARGETS.format(night.directory, source))
    night.take_backup()
    (line,) = shown("The key is missing")

    without = night.follow(line)
    assert without.code == ExitCode.USAGE
    assert "MIGRATION_BOT_AGE_IDENTITY" in without.said
    refused = night.bot("restore", "production", night.backup, "--yes-restore", "production")
    assert refused.code == ExitCode.USAGE
    night.more["MIGRATION_BOT_AGE_IDENTITY"] = str(identity)
    assert night.follow(line).code == ExitCode.FINE
    restored = night.bot("restore", "production", night.backup, "--yes-restore", "production")
    assert restored.code == ExitCode.FINE, restored.said
