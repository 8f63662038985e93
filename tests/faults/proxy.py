"""A proxy between the runner and the server that reads PostgreSQL's messages, and does harm at
exactly one of them.

It understands how messages are cut (a startup packet, then a letter and a length), not what they
mean; without TLS, so its URL says `sslmode=disable`.
"""

import contextlib
import ctypes
import fcntl
import socket
import struct
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, urlsplit

from bot.core.targets.url import ConnectionUrl, parse_url

Side = Literal["frontend", "backend"]

_CANCEL, _TLS, _GSS = 80877102, 80877103, 80877104
_SO_ATTACH_FILTER = 26
_SETTLING = 5.0
# `ret #0`: the kernel drops every packet for this socket, as if the wire were cut, answers no
# keepalive, and tells nobody.
_DROP_ALL = struct.pack("HBBI", 6, 0, 0, 0)


@dataclass(frozen=True)
class Message:
    """One message. `number` counts those of its side from 1, over all connections; `text` is the
    SQL of a Query or Parse, the tag of a CommandComplete, else empty."""

    side: Side
    number: int
    letter: str
    text: str = ""

    @property
    def telling(self) -> bool:
        """Whether it makes the server do something, or says that something is done."""
        return self.letter in ("QES" if self.side == "frontend" else "Z")

    def __str__(self) -> str:
        return f"{self.side} {self.number} {self.letter} {self.text[:60]}".rstrip()


@dataclass
class Link:
    """One connection through the proxy."""

    runner: socket.socket
    server: socket.socket
    ended: threading.Event = field(default_factory=threading.Event)

    def close(self) -> None:
        """Hang up on both."""
        self.ended.set()
        for end in (self.runner, self.server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def cut(self) -> None:
        """Reset both connections, as a firewall or a failing host does."""
        self.ended.set()
        for end in (self.runner, self.server):
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                end.shutdown(socket.SHUT_RD)
            end.close()

    def vanish(self) -> None:
        """Swallow everything from now on, acknowledgements and keepalives too.

        What was sent before is acknowledged first. Else it would be sent again and again from here,
        and whoever hears that believes that we live."""
        self.ended.set()
        for end in (self.runner, self.server):
            _until_acknowledged(end)
        for end in (self.runner, self.server):
            program = ctypes.create_string_buffer(_DROP_ALL)
            pointer = struct.pack("HL", 1, ctypes.addressof(program))
            end.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, pointer)


@dataclass
class Fault:
    """What is done to the link at the first message that `at` picks, before that message is passed
    on or after. Nothing else passes meanwhile."""

    at: Callable[[Message], bool]
    act: Callable[[Link], None]
    after: bool = False
    hit: Message | None = None
    came: threading.Event = field(default_factory=threading.Event)


def nth(side: Side, number: int) -> Callable[[Message], bool]:
    return lambda message: message.side == side and message.number == number


def sending(text: str) -> Callable[[Message], bool]:
    """When the runner sends a statement with this in it."""
    return lambda message: message.side == "frontend" and text in message.text


def answering(text: str) -> Callable[[Message], bool]:
    """When the server says that a command with this tag is done."""
    return lambda message: message.side == "backend" and message.text.startswith(text)


class Proxy:
    """Listens on a port of its own and passes on to one server. `seen` is every message of the run
    so far; `arm` begins a new run."""

    def __init__(self, url: str) -> None:
        self._target = parse_url(url)
        self._given = urlsplit(url)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.RLock()
        self._fault: Fault | None = None
        self._links: list[Link] = []
        self._counts = {"frontend": 0, "backend": 0}
        self.seen: list[Message] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        who = self._given.netloc.rpartition("@")[0]
        port = self._listener.getsockname()[1]
        name = quote(self._target.database, safe="")
        return f"postgresql://{who}@127.0.0.1:{port}/{name}?sslmode=disable"

    def lead_to(self, url: str) -> None:
        """From now on new connections go there, as after a failover."""
        self._target = parse_url(url)

    def arm(self, fault: Fault | None = None) -> None:
        """Begin to count anew, once everything of the run before has gone through."""
        for link in self._links:
            link.ended.wait(_SETTLING)
        with self._lock:
            self._links.clear()
            self._fault, self.seen = fault, []
            self._counts = {"frontend": 0, "backend": 0}

    def hang_up(self) -> None:
        """Close every connection, and forget the fault."""
        with self._lock:
            self._fault = None
            for link in self._links:
                link.close()
            self._links.clear()

    def close(self) -> None:
        # Closed alone, it would go on listening for the thread that waits at it, and take what is
        # meant for the next proxy.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                runner, _ = self._listener.accept()
                runner.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open(runner)

    def _open(self, runner: socket.socket) -> None:
        try:
            server = reach(self._target)
        except OSError:
            runner.close()
            return
        link = Link(runner, server)
        with self._lock:
            self._links.append(link)
        for work in (self._forwards, self._backwards):
            threading.Thread(target=work, args=(link,), daemon=True).start()

    def _forwards(self, link: Link) -> None:
        first = True
        waiting = b""
        for received in _stream(link, link.runner):
            waiting += received
            passed = b""
            while (cut := _length(waiting, first)) is not None:
                packet, waiting = waiting[:cut], waiting[cut:]
                if first and _code(packet) in (_TLS, _GSS):
                    link.runner.sendall(b"N")
                    continue
                # A cancel request is all that its connection carries.
                first = first and _code(packet) == _CANCEL
                passed = self._pass(link, link.server, "frontend", packet, passed)
            _send(link, link.server, passed)
        link.close()

    def _backwards(self, link: Link) -> None:
        waiting = b""
        for received in _stream(link, link.server):
            waiting += received
            passed = b""
            while (cut := _length(waiting, first=False)) is not None:
                packet, waiting = waiting[:cut], waiting[cut:]
                passed = self._pass(link, link.runner, "backend", packet, passed)
            _send(link, link.runner, passed)
        link.close()

    def _pass(
        self, link: Link, to: socket.socket, side: Side, packet: bytes, passed: bytes
    ) -> bytes:
        """What is still to be sent, with this packet; nothing, if it was the one for the fault."""
        with self._lock:
            if link.ended.is_set():
                return b""
            self._counts[side] += 1
            message = _read(side, self._counts[side], packet)
            self.seen.append(message)
            fault = self._fault
            if fault is None or not fault.at(message):
                return passed + packet
            self._fault = None
            fault.hit = message
            _send(link, to, passed + packet if fault.after else passed)
            fault.act(link)
            fault.came.set()
            return b"" if fault.after else packet


def reach(target: ConnectionUrl) -> socket.socket:
    if target.host.startswith("/"):
        made = socket.socket(socket.AF_UNIX)
        try:
            made.connect(f"{target.host}/.s.PGSQL.{target.port}")
        except OSError:
            made.close()
            raise
        return made
    made = socket.create_connection((target.host, target.port), timeout=5)
    made.settimeout(None)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


@contextmanager
def proxied(url: str) -> Iterator[Proxy]:
    proxy = Proxy(url)
    try:
        yield proxy
    finally:
        proxy.close()


def _until_acknowledged(end: socket.socket) -> None:
    deadline = time.monotonic() + _SETTLING
    unsent = bytearray(4)
    while time.monotonic() < deadline:
        fcntl.ioctl(end, termios.TIOCOUTQ, unsent)
        if not any(unsent):
            return
        time.sleep(0.001)


def _stream(link: Link, source: socket.socket) -> Iterator[bytes]:
    with contextlib.suppress(OSError):
        while not link.ended.is_set() and (received := source.recv(65536)):
            yield received
    # What vanished is not closed: nobody must hear of it.
    if link.ended.is_set() and source.fileno() != -1:
        threading.Event().wait()


def _send(link: Link, to: socket.socket, packets: bytes) -> None:
    if packets and not link.ended.is_set():
        with contextlib.suppress(OSError):
            to.sendall(packets)


def _length(waiting: bytes, first: bool) -> int | None:
    """How long the first packet is; None while it is not all there."""
    skip = 0 if first else 1
    if len(waiting) < skip + 4:
        return None
    length = skip + int.from_bytes(waiting[skip : skip + 4], "big")
    return length if len(waiting) >= length else None


def _code(packet: bytes) -> int:
    return int.from_bytes(packet[4:8], "big")


def _read(side: Side, number: int, packet: bytes) -> Message:
    letter = chr(packet[0]) if packet[0] else "startup"
    text = b""
    if side == "frontend" and letter == "Q":
        text = packet[5:-1]
    elif side == "frontend" and letter == "P":
        text = packet[5:].split(b"\0")[1]
    elif side == "backend" and letter == "C":
        text = packet[5:-1]
    return Message(side, number, letter, text.decode(errors="replace"))
