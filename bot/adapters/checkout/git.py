"""The program git, asked without a shell and without a terminal. Raises UsageError with advice."""

import os
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bot.errors import UsageError

# git prompts for nobody, writes no lock for a look, speaks English to us, takes paths literally,
# and shows the objects that are there rather than their replacements.
_SETTINGS = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C",
}
_TIMEOUT = 120

FETCH_ADVICE = "Check out with `fetch-depth: 0`"


class Git:
    """git in one directory. Nothing a caller passes is taken as an option unless it is one."""

    def __init__(self, directory: Path, environ: Mapping[str, str]) -> None:
        self.directory = directory
        self._environ = {**environ, **_SETTINGS}

    def ask(self, *arguments: str) -> str | None:
        """The answer without its last newline; None if git has none, as for an unknown ref."""
        done = self._run(arguments)
        if done.returncode == 0:
            return os.fsdecode(done.stdout).removesuffix("\n")
        self._explain_refusal(done.stderr)
        return None

    def read(self, *arguments: str) -> bytes:
        """The bytes of an answer that must be there."""
        done = self._run(arguments)
        if done.returncode != 0:
            self._explain_refusal(done.stderr)
            raise UsageError(
                f"git {arguments[0]} failed: {_first_line(done.stderr)}",
                hint=f"Try `git fsck` in {self.directory}; the repository may be damaged.",
            )
        return done.stdout

    def commit(self, ref: str) -> str | None:
        """The commit a ref names; None if there is none."""
        require_harmless(ref)
        return self.ask("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")

    def branches(self, *names: str) -> dict[str, tuple[str, str]]:
        """Those of the refs that exist, with their commits and the refs that they stand for."""
        form = "--format=%(objectname) %(refname) %(symref)"
        lines = (self.ask("for-each-ref", form, *names) or "").splitlines()
        found = (line.split(" ") for line in lines)
        return {name: (commit, other or name) for commit, name, other in found if name in names}

    @property
    def shallow(self) -> bool:
        return self.ask("rev-parse", "--is-shallow-repository") == "true"

    def parents(self, commit: str) -> tuple[str, ...]:
        """A commit's parents as it names them, also where a shallow clone lacks them."""
        head = self.read("cat-file", "commit", commit).partition(b"\n\n")[0].split(b"\n")
        return tuple(line[7:].decode("ascii") for line in head if line.startswith(b"parent "))

    @contextmanager
    def stream(self, *arguments: str, lines: bytes) -> Iterator[IO[bytes]]:
        """git's output while it runs, given `lines` as its input."""
        # Imported late: nothing has to be read where all texts are at hand, and it is slow to load.
        import tempfile

        # A file, because a pipe that both sides write to can come to a halt.
        with tempfile.TemporaryFile() as stdin:
            stdin.write(lines)
            stdin.seek(0)
            with subprocess.Popen(  # noqa: S603 - a list of arguments, no shell
                self._command(arguments),
                env=self._environ,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            ) as process:
                assert process.stdout is not None
                yield process.stdout

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        return ["git", "-C", str(self.directory), *arguments]

    def _run(self, arguments: tuple[str, ...]) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(  # noqa: S603 - a list of arguments, no shell
                self._command(arguments),
                env=self._environ,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_TIMEOUT,
                check=False,
            )
        except FileNotFoundError as error:
            raise UsageError(
                "The program git is not installed.",
                hint="Install git, or use `check --all`, which does without.",
            ) from error
        except subprocess.TimeoutExpired as error:
            raise UsageError(
                f"git {arguments[0]} gave no answer within {_TIMEOUT} seconds.",
                hint=f"Try it in a terminal in {self.directory}.",
            ) from error

    def _explain_refusal(self, stderr: bytes) -> None:
        if b"dubious ownership" in stderr:
            directory = shlex.quote(str(self.directory))
            raise UsageError(
                f"git does not trust {self.directory}: it belongs to another user.",
                hint=f"Run `git config --global --add safe.directory {directory}`.",
            )
        if b"not a git repository" in stderr:
            raise UsageError(
                f"{self.directory} is not in a git repository, so it has no base.",
                hint="Use `check --all` to judge every migration.",
            )


def require_harmless(ref: str) -> None:
    """Refuse what git, or a shell, could take for something else than the name of a ref."""
    if not ref or ref.startswith("-") or not ref.isprintable() or " " in ref:
        raise UsageError(
            f"{ref!r} is not the name of a branch or commit.",
            hint="Give a branch such as `main`, or a commit.",
        )


def _first_line(stderr: bytes) -> str:
    return stderr.decode("utf-8", "replace").strip().partition("\n")[0]
