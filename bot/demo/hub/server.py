"""The hub on a port of this machine: HTTP in, HTTP out, and a record of both."""

import json
import socket
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bot.demo.hub.api import Arrival
from bot.demo.hub.refusal import Refusal
from bot.demo.hub.routing import Answer


@dataclass(frozen=True)
class Call:
    """One call and its answer. `owner` is the login behind the token.

    `injected` says that the answer was ordered by a test, `lost` that it was never delivered.
    """

    method: str
    path: str
    query: Mapping[str, str]
    request_headers: Mapping[str, str]
    request_body: Any
    status: int
    response_headers: Mapping[str, str]
    response_body: Any
    owner: str | None
    injected: bool = False
    lost: bool = False


@dataclass(frozen=True)
class Outcome:
    """What to send. With `lost`, the connection is cut instead."""

    answer: Answer
    lost: bool = False


Serve = Callable[[Arrival], Outcome]


class Server(ThreadingHTTPServer):
    """One thread per connection; `crashes` are the faults of the hub itself."""

    daemon_threads = True

    def __init__(self, serve: Serve) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.serve = serve
        self.crashes: list[str] = []
        self.open: set[socket.socket] = set()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Remember what broke a connection, unless it was the client who left."""
        if not isinstance(sys.exception(), ConnectionError):
            self.crashes.append(traceback.format_exc())

    def close_connections(self) -> None:
        for connection in list(self.open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "hub"
    disable_nagle_algorithm = True
    wbufsize = 65_536

    def setup(self) -> None:
        super().setup()
        self.server.open.add(self.connection)

    def finish(self) -> None:
        self.server.open.discard(self.connection)
        with suppress(OSError):
            super().finish()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing: the hub keeps its own record."""

    def _take(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        arrival = Arrival(self.command, self.path, headers, self.rfile.read(length))
        try:
            outcome = self.server.serve(arrival)
        except Exception:
            self.server.crashes.append(traceback.format_exc())
            refusal = Refusal(500, "The hub itself failed; its owner knows why.")
            outcome = Outcome(Answer(500, refusal.body))
        if outcome.lost:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            self._send(outcome.answer)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _take  # noqa: N815 - names of http.server

    def _send(self, answer: Answer) -> None:
        octets = octets_of(answer)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)


def octets_of(answer: Answer) -> bytes:
    if isinstance(answer.body, bytes):
        return answer.body
    return b"" if answer.body is None else json.dumps(answer.body).encode()
