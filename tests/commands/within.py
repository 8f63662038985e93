"""The bot's command line within this process, where many are asked: a fifth of what a process of
its own takes. The exit code, both streams and the environment are as there."""

import io
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from bot import cli
from tests.commands.place import Place
from tests.shell import Done, environment


@dataclass(frozen=True)
class NearPlace(Place):
    """A place in which the bot is called without a process. `typed` is what somebody answers, if
    anybody is there."""

    typed: str | None = None

    def called(self, arguments: tuple[str, ...], environ: Mapping[str, str]) -> Done:
        out, err = io.StringIO(), io.StringIO()
        with (
            as_in_a_process(self.root, environment(**environ), self.typed),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = cli.run(list(arguments))
        return Done(code, out.getvalue(), err.getvalue())


class Keyboard(io.StringIO):
    """What stands for a terminal at which somebody sits."""

    def isatty(self) -> bool:
        return True


@contextmanager
def as_in_a_process(
    root: Path, environ: Mapping[str, str], typed: str | None = None
) -> Iterator[None]:
    """There, in that environment, and with nobody else to be asked."""
    kept, place, stdin = dict(os.environ), Path.cwd(), sys.stdin
    try:
        os.chdir(root)
        os.environ.clear()
        os.environ.update(environ)
        sys.stdin = io.StringIO() if typed is None else Keyboard(f"{typed}\n")
        yield
    finally:
        sys.stdin = stdin
        os.environ.clear()
        os.environ.update(kept)
        os.chdir(place)
