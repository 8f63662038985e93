"""Draws the expected documents anew: `python -m tests.report.regenerate`, then read the diff."""

from pathlib import Path

from bot.report.comment.comment import render_comment
from bot.report.diagrams.lock_timeline import lock_timeline
from bot.report.report import Report
from bot.report.terminal.check import rehearsal_text
from tests.report.rehearsal_samples import rehearsal_samples
from tests.report.samples import samples

EXPECTED = Path(__file__).parent / "expected"
KEY = "5f1d7a84db00d2fc"


def every() -> dict[str, Report]:
    return {**samples(), **rehearsal_samples()}


def drawn() -> dict[str, str]:
    """File name to document, for every expected document there is."""
    comments = {f"{name}.md": render_comment(report, KEY) for name, report in every().items()}
    texts = {
        f"{name}.txt": rehearsal_text(each.review) for name, each in rehearsal_samples().items()
    }
    locks = rehearsal_samples()["rehearsed_locks"].review
    (judged,), rehearsal = locks.migrations, locks.rehearsal
    assert rehearsal is not None
    picture = lock_timeline(rehearsal.migrations[0], judged.statements)
    return {**comments, **texts, "rehearsed_locks.svg": picture}


def main() -> None:
    EXPECTED.mkdir(exist_ok=True)
    for name, text in drawn().items():
        (EXPECTED / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
