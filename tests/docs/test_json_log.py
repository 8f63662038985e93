"""The page about lines of JSON says what they have, in the same words as the code."""

import re
from pathlib import Path

from bot.core.log_line import ALWAYS, SAID

PAGE = Path(__file__).parents[2] / "docs/reference/json-log.md"
_ROW = re.compile(r"^\| `([a-z_]+)` \| (.+) \|$", re.MULTILINE)


def test_the_page_has_every_event_with_every_field() -> None:
    head, *events = PAGE.read_text(encoding="utf-8").split("\n### ")

    assert dict(_ROW.findall(head)) == ALWAYS
    described = {each.partition("`\n")[0].removeprefix("`"): each for each in events}
    assert {name: dict(_ROW.findall(text)) for name, text in described.items()} == {
        event.value: dict(fields) for event, fields in SAID.items()
    }
