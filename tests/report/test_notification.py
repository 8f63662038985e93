import json
from typing import Any

import pytest

from bot.core.gates.gate import Gate
from bot.core.github.notification import Channel, Moment, Notification
from bot.core.targets.target import Kind
from bot.report.notification import headline_of, payload_of
from tests.fakes import NOON

HOSTILE = "<!channel> <@U1> *bold* `tick` [a](https://evil.example) @here &amp; ‮ \n> quote"
GATE = Gate("approval", open=False, reason=HOSTILE, waits_for=("@acme/dba",))
TOLD = Notification(
    Moment.WAITING,
    "production",
    Kind.PRODUCTION,
    NOON,
    migrations=("20260201000000_more",),
    digest="sha256:" + "a" * 64,
    message=HOSTILE,
    hint=HOSTILE,
    gates=(GATE,),
    drift=(HOSTILE,),
    pulls=(7,),
    commit="c" * 40,
    run_url="https://github.com/acme/shop/actions/runs/1",
)


@pytest.mark.parametrize("moment", Moment)
def test_every_moment_has_a_headline_that_names_the_target(moment: Moment) -> None:
    assert "production" in headline_of(Notification(moment, "production", Kind.PRODUCTION, NOON))


def test_in_slack_nothing_from_outside_is_a_mention_a_link_or_markup() -> None:
    payload = payload_of(TOLD, Channel.SLACK)
    texts = [each["text"] for each in payload["blocks"] if each["type"] == "section"]
    assert texts
    for text in texts:
        assert text["verbatim"] is True
        label, _, shown = text["text"].partition("\n")
        assert label.startswith("*")
        assert "<" not in shown
        assert ">" not in shown
        for line in shown.split("\n"):
            assert line.startswith("`")
            assert line.count("`") == 2
    assert "&lt;!channel&gt;" in json.dumps(payload)


def test_slack_takes_what_is_long() -> None:
    many = tuple(f"{number}_{'x' * 100}" for number in range(60))
    told = Notification(
        Moment.FAILED, "p" * 400, Kind.PRODUCTION, NOON, migrations=many, message="<" * 5000
    )
    payload = payload_of(told, Channel.SLACK)
    assert len(payload["blocks"]) <= 50
    assert len(payload["blocks"][0]["text"]["text"]) <= 150
    assert all(len(each["text"]["text"]) <= 3000 for each in payload["blocks"][1:])
    assert all(each["text"]["text"].endswith("`") for each in payload["blocks"][1:])
    assert "and 50 more" in json.dumps(payload)


def test_in_teams_text_from_outside_is_only_where_markdown_is_not_read() -> None:
    payload = payload_of(TOLD, Channel.TEAMS)
    (attachment,) = payload["attachments"]
    card = attachment["content"]
    assert {each["type"] for each in card["body"]} == {"RichTextBlock"}
    assert any(HOSTILE.split()[0] in run["text"] for run in runs(card))
    assert {run["type"] for run in runs(card)} == {"TextRun"}
    assert "msteams" not in card


def test_a_webhook_gets_the_facts_as_they_are() -> None:
    payload = payload_of(TOLD, Channel.WEBHOOK)
    assert payload["event"] == "waiting"
    assert payload["message"] == HOSTILE
    assert payload["gates"][0]["waits_for"] == ["@acme/dba"]
    assert payload["digest"] == TOLD.digest
    assert json.loads(json.dumps(payload)) == payload


def runs(card: dict[str, Any]) -> list[dict[str, Any]]:
    return [run for block in card["body"] for run in block["inlines"]]


def test_what_has_no_room_in_slack_is_left_out_by_whole_lines() -> None:
    many = tuple(f"{number}_{'<' * 300}" for number in range(9))
    told = Notification(Moment.FAILED, "production", Kind.PRODUCTION, NOON, migrations=many)
    shown = payload_of(told, Channel.SLACK)["blocks"][1]["text"]["text"]
    assert len(shown) <= 3000
    assert shown.endswith("\n`…`")
