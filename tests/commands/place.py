"""A repository to call the bot in, and what every refusal looks like there."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bot.errors import ExitCode
from tests.shell import Done, bot, git, write

FOLDER = "prisma/migrations"
INIT = "20260101000000_init"
MORE = "20260102000000_more"
SCRIPT = f"{FOLDER}/{MORE}/migration.sql"
LOCK = f"{FOLDER}/migration_lock.toml"
CONFIGURATION = ".github/migration-bot.yml"
FILES = {
    LOCK: 'provider = "postgresql"\n',
    f"{FOLDER}/{INIT}/migration.sql": "CREATE TABLE a (id int PRIMARY KEY);\n",
}


@dataclass(frozen=True)
class Place:
    """A folder in which the bot is called; no call may change a file of it."""

    root: Path

    def write(self, path: str, content: str | bytes) -> None:
        write(self.root, {path: content})

    def git(self, *arguments: str) -> str:
        return git(*arguments, cwd=self.root)

    def bot(
        self,
        *arguments: str,
        environ: Mapping[str, str] | None = None,
        rehearses: bool = False,
    ) -> Done:
        """Checks judge alone, and start no server, where a test is not about rehearsals."""
        if "check" in arguments and "--all" not in arguments and not rehearses:
            arguments = (*arguments, "--no-rehearsal")
        before = self._footprint()
        done = self.called(arguments, environ or {})
        assert self._footprint() == before
        assert "Traceback" not in done.said
        return done

    def called(self, arguments: tuple[str, ...], environ: Mapping[str, str]) -> Done:
        """In a process of its own."""
        return bot(*arguments, cwd=self.root, environ=environ)

    def check(self, script: str | bytes) -> Done:
        """Judge one new migration."""
        self.write(SCRIPT, script)
        return self.bot("check")

    def _footprint(self) -> Mapping[str, str]:
        files = (path for path in self.root.rglob("*") if path.is_file())
        return {
            str(path): sha256(path.read_bytes()).hexdigest()
            for path in files
            # git refreshes its index when it is asked for a status.
            if path.name != "index"
        }


def repository(root: Path) -> Place:
    """`main` has one migration; the branch that is checked out has nothing more yet."""
    place = Place(root)
    write(root, FILES)
    place.git("init", "--quiet", "--initial-branch=main")
    place.git("add", "--all")
    place.git("commit", "--quiet", "--message=one")
    place.git("switch", "--quiet", "--create", "more")
    return place


def refused(done: Done, code: ExitCode, *words: str) -> None:
    """One message with one hint, nothing on standard output, and the documented exit code."""
    assert (done.code, done.out) == (code, ""), done.said
    error, _, hint = done.err.partition("\nhint:  ")
    assert error.startswith("error: "), done.err
    assert hint.strip(), done.err
    assert done.err.count("error: ") == 1
    for word in words:
        assert word in done.err
