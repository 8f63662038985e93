"""Pictures of what the bot says in a terminal: `python -m docs.pictures.terminal`.

Real commands on the platform's own project and the demo's two servers, each in a terminal of its
own; Chromium draws what stands on the screen. Needs PostgreSQL, npm and Chromium, so the pictures
are committed.
"""

import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.adapters.postgres.connection import connect
from bot.demo.project import BRANCH, SCHEMA, proposal
from bot.demo.runner import clean_environment
from bot.demo.stage import Stage, bot, stage_for
from docs.pictures.drawing import HERE, install
from docs.pictures.make import Album
from docs.pictures.recording import Recording, recorded
from docs.pictures.screens import drawn
from tests.prisma.oracle import CONFIGURATION, find_prisma

FOLDER = HERE / "terminal"
# When Ada wrote them: the folders have the same names in every picture.
_CHANGE = proposal(datetime(2026, 11, 22, 10, 17, tzinfo=UTC))
_READER_SECONDS = 10
_GIT = ("git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com")


@dataclass(frozen=True)
class Shot:
    """What is typed, in a terminal of so many columns.

    `during` shows it at the last moment at which its last line said so. `rows` shows so many lines
    of the end, as a screen does.
    """

    name: str
    typed: str
    columns: int = 80
    during: str = ""
    rows: int = 0


_CHECK = "check --base main --no-rehearsal"
SHOTS = (
    Shot("create", "create add_verifier_country --down --purpose 'Verifiers say their country'"),
    Shot("check", _CHECK),
    Shot("check-narrow", _CHECK, columns=40),
    Shot("rehearse", "rehearse --base main"),
    Shot("plan", "plan staging"),
    Shot("apply-progress", "apply staging", during=r"CREATE INDEX, [345]"),
    Shot("apply", "apply staging"),
    Shot("status", "status"),
    Shot("doctor", "doctor"),
    Shot("rollback", "rollback staging --steps 1 --dry-run"),
    Shot("restore", "restore production 2 --dry-run"),
    Shot("demo", "demo", rows=56),
)


@dataclass(frozen=True)
class Desk:
    """Ada's: a clone of the platform, and the demo's servers."""

    stage: Stage
    here: Path
    environ: Mapping[str, str]

    def type(self, shot: Shot) -> Recording:
        words = shlex.split(shot.typed)
        return recorded(words, cwd=self.here, environ=self.environ, columns=shot.columns)

    def write(self, files: Mapping[str, str], message: str = "") -> None:
        for path, text in files.items():
            (self.here / path).parent.mkdir(parents=True, exist_ok=True)
            (self.here / path).write_text(text, "utf-8")
        if message:
            self.git("add", "--all")
            self.git("commit", "--quiet", "--message", message)

    def git(self, *words: str) -> None:
        subprocess.run([*_GIT, *words], cwd=self.here, check=True)  # noqa: S603


def main() -> None:
    """Make them all, or those whose names are given; what they need is done in any case."""
    wanted = sys.argv[1:]
    install()
    FOLDER.mkdir(exist_ok=True)
    with desk() as ready:
        for shot, recording in recordings(ready):
            if not wanted or shot.name in wanted:
                draw(shot, recording)


def draw(shot: Shot, recording: Recording, folder: Path = FOLDER) -> Path:
    lines = (recording.when(shot.during) if shot.during else recording).end
    return drawn(lines[-shot.rows :], shot.columns, folder / f"{shot.name}.png")


@contextmanager
def desk() -> Iterator[Desk]:
    with stage_for(Album()) as stage:
        here = stage.root / "platform"
        (here / "setup.yml").unlink()
        home = {"HOME": str(stage.root)}
        found = Desk(stage, here, {**clean_environment(), **stage.urls, **home})
        found.git("init", "--quiet", "--initial-branch", "main")
        found.write({".gitignore": "node_modules\n.migration-bot\n"}, "The platform as it runs")
        found.git("checkout", "--quiet", "-b", BRANCH)
        yield found


def recordings(ready: Desk) -> Iterator[tuple[Shot, Recording]]:
    """Each of them in turn: what one does, those behind it find."""
    shots = {each.name: each for each in SHOTS}
    with _prisma_of(ready) as able:
        yield shots["create"], able.type(shots["create"])
    ready.write(_CHANGE.risky, _CHANGE.title)
    for name in ("check", "check-narrow", "rehearse"):
        yield shots[name], ready.type(shots[name])
    ready.write(_CHANGE.mended, "Build the index concurrently")
    yield shots["plan"], ready.type(shots["plan"])
    with _somebody_reads(ready):
        applied = ready.type(shots["apply"])
    yield shots["apply-progress"], applied
    yield shots["apply"], applied
    bot(ready.here, ready.environ, "--quiet", "backup", "production")
    for name in ("status", "doctor", "rollback", "restore", "demo"):
        yield shots[name], ready.type(shots[name])


@contextmanager
def _prisma_of(ready: Desk) -> Iterator[Desk]:
    """With a Prisma installed, and the model changed; all of it is gone afterwards."""
    prisma = find_prisma()
    modules = ready.here / "node_modules"
    modules.symlink_to(prisma.home / "node_modules")
    ready.write({"package.json": "{}", "prisma/prisma.config.ts": CONFIGURATION})
    ready.write({SCHEMA: _CHANGE.risky[SCHEMA]})
    yield Desk(ready.stage, ready.here, {**ready.environ, **prisma.engines})
    modules.unlink()
    ready.git("checkout", "--quiet", ".")
    ready.git("clean", "--quiet", "--force", "-d")


@contextmanager
def _somebody_reads(ready: Desk) -> Iterator[None]:
    """A transaction that is older than the index: its building waits until that has ended."""
    reads, url = threading.Event(), ready.stage.staging.url("platform")

    def read() -> None:
        with connect(url, application_name="reporting") as connection:
            connection.execute(b"BEGIN ISOLATION LEVEL REPEATABLE READ")
            connection.execute(b"SELECT count(*) FROM users")
            reads.set()
            connection.execute(f"SELECT pg_sleep({_READER_SECONDS})".encode())
            connection.execute(b"COMMIT")

    reader = threading.Thread(target=read)
    reader.start()
    assert reads.wait(30), "nobody read"
    yield
    reader.join()


if __name__ == "__main__":
    main()
