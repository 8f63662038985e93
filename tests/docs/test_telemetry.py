"""The page about what an observer is told says it in the same words as the code."""

import re
from pathlib import Path

from bot.adapters.telemetry import names

PAGE = Path(__file__).parents[2] / "docs/reference/telemetry.md"
_ROW = re.compile(r"^\| `([^`]+)` \| (.+) \|$", re.MULTILINE)


def test_the_page_has_every_name() -> None:
    _, spans, attributes, metrics, _ = PAGE.read_text(encoding="utf-8").split("\n## ")

    assert dict(_ROW.findall(spans)) == dict(names.SPANS)
    assert dict(_ROW.findall(attributes)) == dict(names.ATTRIBUTES)
    assert dict(_ROW.findall(metrics)) == {
        name: f"`{unit}` | {what} | {', '.join(f'`{each}`' for each in by)}"
        for name, (unit, what, by) in names.METRICS.items()
    }
