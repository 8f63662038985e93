"""The hub: a GitHub on this machine, with people, tokens, faults, and a record of every call."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any

from bot.demo.hub.api import Arrival, answer, selected_version, token_of
from bot.demo.hub.events import Event, Events
from bot.demo.hub.faults import Faults, failure, primary_limit, secondary_limit
from bot.demo.hub.links import Links
from bot.demo.hub.people import People
from bot.demo.hub.refusal import Refusal
from bot.demo.hub.routing import Answer
from bot.demo.hub.running import Running
from bot.demo.hub.server import Call, Outcome, Server
from bot.demo.hub.state import ACTIONS_BOT, State
from bot.demo.hub.store import FOLDER
from bot.demo.hub.tokens import RATE_LIMIT, Token, normalised


class Hub(People, Running):
    """A stateful GitHub for one process. Repositories are kept below `root`.

    `on_call` is told of every call after it was answered. `site_url` begins the addresses meant
    for people; its host is one that can never exist.
    """

    def __init__(
        self,
        root: Path,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        on_call: Callable[[Call], None] | None = None,
        site_url: str = "https://github.example",
    ) -> None:
        self.state = State(root, clock)
        self.calls: list[Call] = []
        self.events: list[Event] = []
        self.site_url = site_url
        self._on_call = on_call
        self._faults = Faults()
        self._server: Server | None = None

    def __enter__(self) -> "Hub":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        crashes = self.stop()
        if crashes and error is None:
            raise RuntimeError("The hub itself failed:\n" + "\n".join(crashes))

    def start(self) -> None:
        self._server = Server(self._serve)
        serve = self._server.serve_forever
        Thread(target=serve, args=(0.02,), name="hub", daemon=True).start()

    def stop(self) -> list[str]:
        """Let go of the port; returns the tracebacks of the hub's own faults, if there were any."""
        if self._server is None:
            return []
        server, self._server = self._server, None
        server.shutdown()
        server.close_connections()
        server.server_close()
        return server.crashes

    @property
    def api_url(self) -> str:
        if self._server is None:
            raise RuntimeError("The hub has no address before it is started.")
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def links(self) -> Links:
        return Links(self.api_url, self.site_url)

    @property
    def write(self) -> Events:
        return Events(self.state, self.links)

    def environment(self, event: Event) -> dict[str, str]:
        """The variables by which a workflow's step learns of an event, and where GitHub is."""
        where = {"GITHUB_API_URL": self.api_url, "GITHUB_SERVER_URL": self.site_url}
        return where | event.environment()

    def token(
        self,
        login: str = ACTIONS_BOT,
        *,
        permissions: Mapping[str, str],
        app: bool | None = None,
        repositories: Iterable[str] | None = None,
    ) -> str:
        """A token that acts as the user or bot, with these permissions and `metadata: read`.

        A login that ends in `[bot]` is an app unless said otherwise.
        """
        value = f"ghs_{secrets.token_hex(18)}"
        app = login.endswith("[bot]") if app is None else app
        reach = None if repositories is None else frozenset(r.lower() for r in repositories)
        owner = self.state.user(login)
        self.state.tokens[value] = Token(value, owner, app, normalised(permissions), reach)
        return value

    def fail_next(
        self,
        method: str,
        path_pattern: str,
        *,
        status: int,
        times: int = 1,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        let_through: int = 0,
    ) -> None:
        """Refuse the next matching calls, when so many were let through; nothing is done. The
        pattern is searched in the path."""
        answer = failure(status, body, headers)
        self._faults.order(method, path_pattern, times, answer, let_through)

    def drop_next(
        self, method: str, path_pattern: str, *, times: int = 1, let_through: int = 0
    ) -> None:
        """Do what the next matching calls ask for, and cut the connection: the answer is lost."""
        self._faults.order(method, path_pattern, times, None, let_through)

    @property
    def troubled(self) -> bool:
        """Whether trouble that was ordered has still to come."""
        return bool(self._faults.waiting)

    def limit_next(
        self, method: str, path_pattern: str, *, retry_after: int = 1, times: int = 1
    ) -> None:
        """Answer the next matching calls with the secondary rate limit."""
        self._faults.order(method, path_pattern, times, secondary_limit(retry_after))

    def exhaust_next(
        self, method: str, path_pattern: str, *, reset_in: int = 1, times: int = 1
    ) -> None:
        """Answer the next matching calls with the primary rate limit."""
        reset = int(self.state.now().timestamp()) + reset_in
        limit = primary_limit("installation ID 1", reset)
        self._faults.order(method, path_pattern, times, limit)

    def recover(self) -> None:
        """Forget the trouble that was ordered and has not come yet."""
        with self.state.lock:
            self._faults.waiting.clear()

    def _serve(self, arrival: Arrival) -> Outcome:
        with self.state.lock:
            if arrival.path.startswith(FOLDER):
                return self._lent(arrival)
            fault = self._faults.take(arrival.method, arrival.path)
            ordered = None if fault is None else fault.answer
            given = ordered or answer(self.state, self.links, arrival, self._tell)
            token = _known_token(self.state, arrival)
            sent = replace(given, headers=self._headers(token, arrival) | dict(given.headers))
            lost = fault is not None and ordered is None
            self._record(arrival, sent, token, injected=ordered is not None, lost=lost)
        return Outcome(sent, lost)

    def _lent(self, arrival: Arrival) -> Outcome:
        """From the store, which is no part of the API: it knows no token, and is not recorded."""
        state = self.state
        status, octets = state.store.take(arrival.path, arrival.headers, state.now())
        kind = "application/zip" if status == 200 else "text/plain"
        return Outcome(Answer(status, octets, {"content-type": kind}))

    def _headers(self, token: Token | None, arrival: Arrival) -> dict[str, str]:
        number = f"{len(self.calls) + 1:04X}"
        headers = {
            "content-type": "application/json; charset=utf-8",
            "x-github-request-id": f"{number}:HUB",
            "x-github-api-version-selected": selected_version(arrival),
        }
        if token is None:
            return headers
        token.used = min(token.used + 1, RATE_LIMIT)
        limits = {"limit": RATE_LIMIT, "used": token.used, "remaining": RATE_LIMIT - token.used}
        limits["reset"] = int(self.state.now().timestamp()) + 3600
        rate = {f"x-ratelimit-{name}": str(value) for name, value in limits.items()}
        return headers | rate | {"x-ratelimit-resource": "core"}

    def _record(
        self, arrival: Arrival, sent: Answer, token: Token | None, *, injected: bool, lost: bool
    ) -> None:
        try:
            body = arrival.body
        except Refusal:
            body = arrival.octets
        call = Call(
            method=arrival.method,
            path=arrival.path,
            query=arrival.query,
            request_headers=_without_secrets(arrival.headers),
            request_body=body,
            status=sent.status,
            response_headers=dict(sent.headers),
            response_body=sent.body,
            owner=None if token is None else token.owner.login,
            injected=injected,
            lost=lost,
        )
        self.calls.append(call)
        if self._on_call is not None:
            self._on_call(call)


def _known_token(state: State, arrival: Arrival) -> Token | None:
    try:
        return token_of(state, arrival)
    except Refusal:
        return None


def _without_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name != "authorization"}
