"""A server that answers as its script says, byte for byte, and one answer for each connection."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Scripted:
    """`answers` are sent in order; "" cuts the connection without one. `heard` are the requests'
    first lines, `headers` and `bodies` what came with each."""

    answers: list[bytes]
    url: str = ""
    heard: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)


@contextmanager
def scripted(*answers: bytes) -> Iterator[Scripted]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        script = Scripted(list(answers), f"http://127.0.0.1:{listening.getsockname()[1]}")
        serving = threading.Thread(target=_serve, args=(listening, script), daemon=True)
        serving.start()
        yield script
        listening.shutdown(socket.SHUT_RDWR)
        serving.join(5)


def _serve(listening: socket.socket, script: Scripted) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection:
            request = _read(connection)
            head, _, body = request.partition(b"\r\n\r\n")
            first, _, rest = head.decode().partition("\r\n")
            script.heard.append(first.removesuffix(" HTTP/1.1"))
            script.headers.append(rest)
            script.bodies.append(body)
            connection.sendall(script.answers.pop(0) if script.answers else NOT_SCRIPTED)


def _read(connection: socket.socket) -> bytes:
    """A request with the body it announces, so that closing does not reset the connection."""
    read = b""
    while b"\r\n\r\n" not in read:
        read += connection.recv(65536) or b"\r\n\r\n"
    head, _, body = read.partition(b"\r\n\r\n")
    lengths = [
        int(line.partition(b":")[2])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length:")
    ]
    while lengths and len(body) < lengths[0]:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answer(status: int, body: str, *, cut: int = 0, **headers: str) -> bytes:
    """`cut` bytes are announced and never come."""
    content = body.encode()
    named = {"content_type": "application/json; charset=utf-8", **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in named.items()]
    length = f"content-length: {len(content) + cut}"
    head = "\r\n".join([f"HTTP/1.1 {status} Status", *lines, length, "connection: close"])
    return f"{head}\r\n\r\n".encode() + content


NOT_SCRIPTED = answer(599, '{"message": "nothing more is in the script"}')
