"""The page about the log says what its lines have, in the same words as the code."""

import re
from pathlib import Path

from bot.core.rollouts.rollout_log import COMMON, FIELDS

PAGE = Path(__file__).parents[2] / "docs/reference/rollout-log.md"
_ROW = re.compile(r"^\| `([a-z_]+)` \| (.+) \|$", re.MULTILINE)


def fields(text: str) -> dict[str, str]:
    return dict(_ROW.findall(text))


def test_the_page_has_every_event_with_every_field() -> None:
    head, *events = PAGE.read_text(encoding="utf-8").split("\n## ")

    assert fields(head) == COMMON
    described = {each.partition("`\n")[0].removeprefix("`"): fields(each) for each in events}
    assert described == {event.value: dict(known) for event, known in FIELDS.items()}
