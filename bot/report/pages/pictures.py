"""Pictures inside a page. Each has its text beside it, for who cannot see it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.findings.review import JudgedStatement
from bot.core.rehearsals.rehearsal import RehearsedMigration
from bot.report.pages.marked import Marked
from bot.report.pages.template import Pages
from bot.report.rehearsals.lock_timeline_svg import lock_timeline_svg


@dataclass(frozen=True)
class Picture:
    """`svg` is "" where a secret would have been in it."""

    svg: Marked


def lock_picture(
    rehearsed: RehearsedMigration, statements: Sequence[JudgedStatement], pages: Pages
) -> Picture:
    return drawn(lock_timeline_svg(rehearsed, statements), pages)


def drawn(svg: str, pages: Pages) -> Picture:
    """A name may be a secret, and nothing can be struck out of a picture: then there is none."""
    return Picture(Marked(svg if pages.unknown(svg) else ""))
