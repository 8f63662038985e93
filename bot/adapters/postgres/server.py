"""Throw-away PostgreSQL servers: started in under a second, gone when their block ends.

Each server is owned by a warden, a process of its own (see warden.py), so that nothing is left
behind however this process ends.
"""

import json
import os
import secrets
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

from bot.adapters.postgres.connection import connect
from bot.adapters.postgres.recipe import PLAIN, START_SECONDS, SUPERUSER, Provision, recipe
from bot.adapters.postgres.tools import Installation, best_for_server
from bot.core.quoting import quoted
from bot.errors import PostgresError

STOP_SECONDS = 60.0

_WARDEN = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from bot.adapters.postgres.warden import main; sys.exit(main())"
)
_PACKAGE_ROOT = Path(__file__).resolve().parents[3]


class Server:
    """A running throw-away server, and how to reach it."""

    def __init__(
        self,
        warden: "subprocess.Popen[bytes]",
        facts: Mapping[str, Any],
        installation: Installation,
        *,
        tcp: bool,
        password: str | None,
    ) -> None:
        self._warden = warden
        self._tcp = tcp
        self._password = password
        self.installation = installation
        self.pid: int = facts["pid"]
        self.port: int = facts["port"]
        self.directory = Path(facts["private"])
        # What the kernel granted of its confinement: "network", "memory", "file_size".
        self.held = frozenset(facts.get("held", ()))
        self.detached = False

    @property
    def major(self) -> int:
        return self.installation.major

    @property
    def version(self) -> str:
        return self.installation.version

    @property
    def provider(self) -> str:
        return self.installation.provider

    @property
    def warden_pid(self) -> int:
        return self._warden.pid

    @property
    def data_directory(self) -> Path:
        return self.directory / "data"

    @property
    def socket_directory(self) -> Path:
        return self.directory / "socket"

    @property
    def log(self) -> Path:
        return self.directory / "server.log"

    def url(
        self,
        database: str = "postgres",
        *,
        user: str = SUPERUSER,
        password: str | None = None,
    ) -> str:
        """A connection URL for psycopg, libpq's programs, Prisma and node-postgres alike."""
        secret = password or (self._password if user == SUPERUSER else None)
        who = quote(user, safe="") + (f":{quote(secret, safe='')}" if secret else "")
        # The port is written out, because PGPORT would otherwise be believed.
        host = "127.0.0.1" if self._tcp else "localhost"
        where = f"{host}:{self.port}/{quote(database, safe='')}"
        query = "" if self._tcp else f"?host={quote(str(self.socket_directory))}"
        return f"postgresql://{who}@{where}{query}"

    def create_database(self, name: str) -> str:
        """Make an empty database, and return its URL."""
        with connect(self.url(), application_name="migration-bot") as connection:
            connection.execute(f"CREATE DATABASE {quoted(name)} TEMPLATE template0".encode())
        return self.url(name)

    def detach(self) -> str:
        """Let the server outlive this process; the answer is the command that removes it."""
        answer = _ask(self._warden, "detach")
        if "detached" not in answer:
            _refuse(self._warden, self.installation, answer)
        self.detached = True
        return f"kill {self.warden_pid}"


@contextmanager
def start_server(
    installation: Installation | None = None,
    *,
    tcp: bool = False,
    password: str | None = None,
    settings: Mapping[str, str] | None = None,
    databases: Sequence[str] = (),
    provision: Provision = PLAIN,
) -> Iterator[Server]:
    """Run a server of our own for the length of a block.

    It listens on a socket in a private directory, and with `tcp` on a free port of 127.0.0.1. With
    `tcp` or a password every connection has to give the password; a missing one is made up.
    """
    chosen = installation or best_for_server()
    secret = password or (secrets.token_urlsafe(24) if tcp else None)
    spec = recipe(chosen, tcp=tcp, password=secret, settings=settings or {}, provision=provision)
    warden = _start_warden()
    server = None
    try:
        answer = _ask(warden, json.dumps(spec))
        if "ready" not in answer:
            _refuse(warden, chosen, answer)
        server = Server(warden, answer["ready"], chosen, tcp=tcp, password=secret)
        for name in databases:
            server.create_database(name)
        yield server
    finally:
        if server is None or not server.detached:
            _dismiss(warden, base=spec["base"])
        for pipe in (warden.stdin, warden.stdout):
            if pipe is not None:
                pipe.close()


def _start_warden() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
        [sys.executable, "-I", "-S", "-c", _WARDEN, str(_PACKAGE_ROOT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
        cwd="/",
        # Nothing secret of this process is anywhere near the server.
        env={"PATH": os.defpath},
        # Ctrl-C in a terminal reaches us alone; the warden hears of it from us.
        start_new_session=True,
    )


def _ask(warden: "subprocess.Popen[bytes]", order: str) -> dict[str, Any]:
    """Send one line and read one; what is not JSON is the warden's own last words."""
    assert warden.stdin is not None
    assert warden.stdout is not None
    said = b""
    deadline = time.monotonic() + START_SECONDS * 2
    try:
        warden.stdin.write(order.encode() + b"\n")
    except BrokenPipeError:
        return {"failed": "its warden has gone", "log": ""}
    while not said.endswith(b"\n") and time.monotonic() < deadline:
        if select.select([warden.stdout], [], [], 0.5)[0]:
            received = warden.stdout.read(65536)
            if not received:
                break
            said += received
    try:
        answer: dict[str, Any] = json.loads(said)
    except ValueError:
        return {"failed": "its warden gave no answer", "log": said.decode(errors="replace")}
    return answer


def _dismiss(warden: "subprocess.Popen[bytes]", *, base: str) -> None:
    """End the warden and with it the server, and wait until nothing of them is left."""
    assert warden.stdin is not None
    warden.stdin.close()
    interrupted: KeyboardInterrupt | None = None
    deadline = time.monotonic() + STOP_SECONDS
    while warden.poll() is None and time.monotonic() < deadline:
        try:
            warden.wait(0.5)
        except subprocess.TimeoutExpired:
            continue
        except KeyboardInterrupt as error:
            interrupted = error
    if warden.poll() is None:
        warden.kill()
        warden.wait()
    if warden.returncode != 0:
        _sweep(base)
    if interrupted is not None:
        raise interrupted


def _sweep(base: str) -> None:
    """A warden was killed: let another one clear up what it could not."""
    with _start_warden() as warden:
        warden.communicate(json.dumps({"base": base, "sweep_only": True}).encode() + b"\n")


def _refuse(
    warden: "subprocess.Popen[bytes]", installation: Installation, answer: Mapping[str, Any]
) -> NoReturn:
    log = str(answer.get("log", "")).strip()
    text = f"{answer.get('failed')}\n{log}"
    hint = (
        "The end of what it said:\n" + log
        if log
        else f"It left no log: see whether {installation.bin}/postgres can be run."
    )
    if "No space left" in text:
        hint = f"Free some space in {tempfile.gettempdir()}, or set TMPDIR to a larger place."
    raise PostgresError(
        f"A throw-away server of {installation} could not be started: {answer.get('failed')}.",
        hint=hint,
    )
