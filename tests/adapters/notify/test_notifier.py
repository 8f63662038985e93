"""Against a server that really listens."""

import json
from collections.abc import Mapping

import pytest

from bot.adapters.notify.notifier import Notifier
from bot.adapters.notify.signature import signature_of
from bot.core.github.notification import Channel, Sink
from bot.errors import NotificationError
from tests.fakes import NOON
from tests.scripted import answer, scripted

SLACK = Sink(Channel.SLACK, "SLACK_URL")
HOOK = Sink(Channel.WEBHOOK, "HOOK_URL", "HOOK_SECRET")
PAYLOAD = {"event": "failed", "message": "it is hunter2", "gates": [{"reason": "hunter2"}]}


def notifier(**environ: str) -> Notifier:
    return Notifier(environ, lambda text: text.replace("hunter2", "***"), lambda: NOON)


def headers_of(text: str) -> Mapping[str, str]:
    pairs = [line.partition(":") for line in text.split("\r\n") if line]
    return {name.lower(): value.strip() for name, _, value in pairs}


def test_a_message_is_posted_once_with_secrets_struck_out() -> None:
    with scripted(answer(200, "ok", content_type="text/plain")) as server:
        notifier(SLACK_URL=f"{server.url}/services/T/B/x").send(SLACK, PAYLOAD)
    assert server.heard == ["POST /services/T/B/x"]
    assert json.loads(server.bodies[0]) == {
        "event": "failed",
        "message": "it is ***",
        "gates": [{"reason": "***"}],
    }
    assert "x-migration-bot-signature-256" not in server.headers[0].lower()


def test_a_webhook_s_message_is_signed_over_its_time_and_body() -> None:
    with scripted(answer(204, "")) as server:
        notifier(HOOK_URL=server.url, HOOK_SECRET="s3cret").send(HOOK, PAYLOAD)
    headers = headers_of(server.headers[0])
    assert headers["x-migration-bot-event"] == "failed"
    timestamp = headers["x-migration-bot-timestamp"]
    assert timestamp == str(int(NOON.timestamp()))
    expected = signature_of("s3cret", timestamp=timestamp, body=server.bodies[0])
    assert headers["x-migration-bot-signature-256"] == expected
    assert expected != signature_of("other", timestamp=timestamp, body=server.bodies[0])
    assert expected != signature_of("s3cret", timestamp="1", body=server.bodies[0])


@pytest.mark.parametrize("status", [400, 403, 404, 410, 429, 500])
def test_a_refusal_is_an_error_that_does_not_tell_the_address(status: int) -> None:
    with scripted(answer(status, "no_service")) as server:
        given = notifier(SLACK_URL=f"{server.url}/services/T/B/canary")
        with pytest.raises(NotificationError, match=str(status)) as error:
            given.send(SLACK, PAYLOAD)
    assert "canary" not in error.value.message + error.value.hint
    assert len(server.heard) == 1


def test_another_address_is_not_followed() -> None:
    with scripted(answer(302, "", location="http://127.0.0.1:9/")) as server:
        given = notifier(SLACK_URL=server.url)
        with pytest.raises(NotificationError, match="another address"):
            given.send(SLACK, PAYLOAD)
    assert len(server.heard) == 1


def test_a_lost_answer_is_not_asked_for_again() -> None:
    with scripted(b"") as server:
        given = notifier(SLACK_URL=f"{server.url}/canary")
        with pytest.raises(NotificationError, match="could not be reached") as error:
            given.send(SLACK, PAYLOAD)
    assert len(server.heard) == 1
    assert "canary" not in error.value.message


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/services/canary",
        "file:///etc/canary",
        "ftp://127.0.0.1/canary",
        "https://canary:canary@hooks.example",
        "https://",
        "https://[canary",
        "canary",
    ],
)
def test_only_a_plain_https_address_is_used(url: str) -> None:
    with pytest.raises(NotificationError, match="SLACK_URL") as error:
        notifier(SLACK_URL=url).send(SLACK, PAYLOAD)
    assert "canary" not in error.value.message + error.value.hint


def test_without_its_address_or_its_secret_nothing_is_sent() -> None:
    with pytest.raises(NotificationError, match="SLACK_URL is not set"):
        notifier().send(SLACK, PAYLOAD)
    with scripted() as server:
        given = notifier(HOOK_URL=server.url)
        with pytest.raises(NotificationError, match="HOOK_SECRET is not set"):
            given.send(HOOK, PAYLOAD)
    assert server.heard == []


def test_nobody_listens() -> None:
    with pytest.raises(NotificationError, match="could not be reached"):
        notifier(SLACK_URL="http://127.0.0.1:9/canary").send(SLACK, PAYLOAD)
