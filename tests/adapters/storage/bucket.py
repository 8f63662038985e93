"""An S3 that really answers, on this machine, and a proxy before it that can be told to fail."""

import http.client
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BUCKET = "our-backups"
SECRET = "s3cr3t-canary-5150"
REGION = "us-east-1"


@dataclass(frozen=True)
class Request:
    """`number` counts those of the same method, from 1."""

    method: str
    path: str
    number: int


@dataclass(frozen=True)
class Answer:
    """What is said in place of the server. With `after` the server is asked first, and what it says
    is thrown away. Without a `status` the connection is closed; `slow` is seconds of silence."""

    status: int | None = None
    after: bool = False
    slow: float = 0.0


Fault = Callable[[Request], Answer | None]


@dataclass
class Proxy:
    """`seen` is what was asked of it."""

    port: int
    upstream: str
    fault: Fault = lambda request: None
    seen: list[Request] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, method: str, path: str) -> Request:
        with self.lock:
            number = sum(each.method == method for each in self.seen) + 1
            request = Request(method, path, number)
            self.seen.append(request)
            return request


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Proxy

    def _pass_on(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        answer = self.proxy.fault(self.proxy.note(self.command, self.path))
        if answer is None or answer.after:
            status, headers, content = self._asked(body)
        if answer is not None:
            time.sleep(answer.slow)
            if answer.status is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, headers, content = answer.status, [("ETag", '"0"')], b""
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                self.send_header(name, value)
        size = next((v for n, v in headers if n.lower() == "content-length"), str(len(content)))
        self.send_header("Content-Length", size if self.command == "HEAD" else str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _asked(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(self.proxy.upstream, timeout=30)
        try:
            connection.request(self.command, self.path, body or None, dict(self.headers))
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _pass_on  # noqa: N815 - the names it calls

    def log_message(self, format: str, *args: object) -> None:
        """Tests say nothing."""


@contextmanager
def s3() -> Iterator[str]:
    """host:port of a server with our bucket in it."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        connection = http.client.HTTPConnection(host, port)
        connection.request("PUT", f"/{BUCKET}", headers={"Host": f"{host}:{port}"})
        assert connection.getresponse().status == 200
        connection.close()
        yield f"{host}:{port}"
    finally:
        server.stop()


@contextmanager
def proxied(upstream: str) -> Iterator[Proxy]:
    proxy = Proxy(0, upstream)
    handler = type("Handler", (_Handler,), {"proxy": proxy})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    proxy.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def environment(endpoint: str) -> Mapping[str, str]:
    """What obstore reads."""
    return {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT": f"http://{endpoint}",
        "AWS_ALLOW_HTTP": "true",
    }


@contextmanager
def surrounded(values: Mapping[str, str]) -> Iterator[None]:
    """The library reads the environment of the process itself."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
