"""Sends a notification to Slack, Teams or a webhook: to the address that a variable holds, and to
nowhere that answers with another one."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests

from bot.adapters.notify.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, signature_of
from bot.core.github.notification import Channel, Sink
from bot.errors import NotificationError

_CONNECT, _ANSWER = 5, 10
_LOCAL = ("127.0.0.1", "::1", "localhost")
EVENT_HEADER = "x-migration-bot-event"


class Notifier:
    """`clean` strikes secrets out of every text; `now` is the time that signatures carry."""

    def __init__(
        self,
        environ: Mapping[str, str],
        clean: Callable[[str], str],
        now: Callable[[], datetime],
    ) -> None:
        self._environ = environ
        self._clean = clean
        self._now = now

    def send(self, sink: Sink, payload: Mapping[str, Any]) -> None:
        url = self._address(sink)
        body = json.dumps(self._cleaned(payload), ensure_ascii=False).encode()
        headers = {"content-type": "application/json", "user-agent": "migration-bot"}
        if sink.channel is Channel.WEBHOOK:
            headers |= {EVENT_HEADER: str(payload["event"])} | self._signed(sink, body)
        try:
            # Slack answers with a word, Teams with a number: what is in it is nobody's business.
            with requests.post(
                url,
                data=body,
                headers=headers,
                timeout=(_CONNECT, _ANSWER),
                allow_redirects=False,
                stream=True,
            ) as answer:
                status = answer.status_code
        except (requests.RequestException, OSError) as error:
            # The error's own words hold the address, which is a secret.
            raise NotificationError(
                f"{_named(sink)} could not be reached ({type(error).__name__}).",
                hint=f"Look whether {sink.url_env} holds its present address.",
            ) from None
        if not 200 <= status < 300:
            raise _refused(sink, status)

    def _address(self, sink: Sink) -> str:
        url = self._environ.get(sink.url_env, "").strip()
        if not url:
            raise NotificationError(
                f"{sink.url_env} is not set, so {_named(sink)} has no address.",
                hint="Give the deploy job that secret, or take the entry out of `notify`.",
            )
        try:
            parts = urlsplit(url)
            secure = parts.scheme == "https" or parts.hostname in _LOCAL
            whole = parts.scheme in ("http", "https") and parts.hostname and not parts.username
        except ValueError:
            secure = whole = False
        if not secure or not whole:
            raise NotificationError(
                f"{sink.url_env} holds no address that begins with https.",
                hint="A webhook's address is a secret, and so are its messages: use https.",
            )
        return url

    def _signed(self, sink: Sink, body: bytes) -> dict[str, str]:
        if sink.secret_env is None:
            return {}
        secret = self._environ.get(sink.secret_env, "")
        if not secret:
            raise NotificationError(
                f"{sink.secret_env} is not set, so {_named(sink)} could not be signed.",
                hint="Give the deploy job that secret: a receiver would not believe it otherwise.",
            )
        timestamp = str(int(self._now().timestamp()))
        return {
            TIMESTAMP_HEADER: timestamp,
            SIGNATURE_HEADER: signature_of(secret, timestamp=timestamp, body=body),
        }

    def _cleaned(self, value: Any) -> Any:
        """Text by text: what is struck out of a whole document might leave something else."""
        if isinstance(value, str):
            return self._clean(value)
        if isinstance(value, Mapping):
            return {name: self._cleaned(each) for name, each in value.items()}
        return [self._cleaned(each) for each in value] if isinstance(value, list) else value


def _named(sink: Sink) -> str:
    words = {Channel.SLACK: "Slack", Channel.TEAMS: "Teams", Channel.WEBHOOK: "the webhook"}
    return f"{words[sink.channel]} of {sink.url_env}"


def _refused(sink: Sink, status: int) -> NotificationError:
    if 300 <= status < 400:
        return NotificationError(
            f"{_named(sink)} answered with another address ({status}), which is not followed.",
            hint=f"Put the address that is meant into {sink.url_env}.",
        )
    return NotificationError(
        f"{_named(sink)} refused the notification ({status}).",
        hint=f"Look whether {sink.url_env} holds its present address.",
    )
