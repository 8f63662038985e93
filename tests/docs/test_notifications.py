"""The sample that receivers copy takes what the bot sends, and nothing else."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.adapters.notify.notifier import Notifier
from bot.core.github.notification import Channel, Moment, Notification, Sink
from bot.core.targets.target import Kind
from bot.report.notification import payload_of
from tests.fakes import NOON
from tests.scripted import Scripted, answer, scripted

PAGE = (Path(__file__).parents[2] / "docs/how-to/notifications.md").read_text("utf-8")
SINK = Sink(Channel.WEBHOOK, "URL", "SECRET")
TOLD = Notification(Moment.FAILED, "production", Kind.PRODUCTION, NOON)

IsOurs = Callable[[str, dict[str, str], bytes], bool]


def sample() -> IsOurs:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    found: IsOurs = names["is_ours"]
    return found


def sent(at: datetime) -> tuple[dict[str, str], bytes]:
    with scripted(answer(204, "")) as server:
        notifier = Notifier({"URL": server.url, "SECRET": "s3cret"}, str, lambda: at)
        notifier.send(SINK, payload_of(TOLD, Channel.WEBHOOK))
    return headers_of(server), server.bodies[0]


def headers_of(server: Scripted) -> dict[str, str]:
    pairs = [line.partition(":") for line in server.headers[0].split("\r\n") if line]
    return {name.lower(): value.strip() for name, _, value in pairs}


def test_the_sample_takes_what_the_bot_sends() -> None:
    is_ours = sample()
    headers, body = sent(datetime.now(UTC))
    assert is_ours("s3cret", headers, body)
    assert not is_ours("another", headers, body)
    assert not is_ours("s3cret", headers, body + b" ")
    assert not is_ours("s3cret", headers | {"x-migration-bot-timestamp": "1"}, body)
    assert not is_ours("s3cret", {}, body)


def test_the_sample_refuses_what_was_sent_long_ago() -> None:
    headers, body = sent(NOON.replace(year=2020))
    assert not sample()("s3cret", headers, body)


def test_the_body_that_is_shown_has_the_keys_that_are_sent() -> None:
    (shown,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert list(json.loads(shown)) == list(payload_of(TOLD, Channel.WEBHOOK))


def test_every_event_is_described() -> None:
    for moment in Moment:
        assert f"| `{moment}` |" in PAGE
