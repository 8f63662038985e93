"""The Markdown face: what an allowance's end, a baseline and exclusions look like in it."""

from datetime import date

from bot.core.findings.review import Review
from bot.report.comment.markdown import render_markdown
from bot.report.report import Report
from tests.report.samples import BLOCKING_INDEX, INDEX, judged


def drawn(**fields: object) -> str:
    return render_markdown(Report(Review(postgres="18", **fields)))  # type: ignore[arg-type]


def test_an_allowance_is_shown_with_its_last_day_and_its_reason() -> None:
    ending = BLOCKING_INDEX.allow("40 rows", date(2026, 12, 31))
    assert "Allowed until 2026-12-31 because: 40 rows\n" in drawn(
        migrations=(judged(INDEX, ending),)
    )


def test_an_allowance_without_an_end_says_nothing_of_one() -> None:
    forever = BLOCKING_INDEX.allow("40 rows")
    assert "<br>Allowed because: 40 rows\n" in drawn(migrations=(judged(INDEX, forever),))


def test_what_was_not_judged_or_not_shown_is_told() -> None:
    text = drawn(baseline="20240101000000_a", accepted=1, left_out=2)
    assert "1 migration up to 20240101000000_a is the baseline and not judged. 2 findings" in text
    assert "are excluded by the configuration.\n" in text
