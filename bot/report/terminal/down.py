"""`down` in a terminal: what would take a migration back, and whether it was seen to."""

from collections.abc import Iterator

from bot.core.schemas.drafted_down import DraftedDown
from bot.report.down_script import down_script, warnings
from bot.report.terminal.lines import Line, drawn, line


def down_text(down: DraftedDown, *, wrote: str = "", width: int = 80, colour: bool = False) -> str:
    """`wrote` is the path that it was written to, "" if it was not."""
    return drawn(_lines(down, wrote), width=width, colour=colour)


def _lines(down: DraftedDown, wrote: str) -> Iterator[Line]:
    yield from _verdict(down)
    for each in warnings(down):
        yield line(each, "yellow", indent=2)
    for each in down.draft.left:
        yield line(f"Not drafted: {each}.", "bold red", indent=2)
    if wrote:
        yield line(f"Written to {wrote}. Read it before you commit it.")
        return
    yield line()
    for text in down_script(down).rstrip("\n").split("\n"):
        yield Line(((text, ""),), wrapped=False)
    if down.proved and not down.empty:
        yield line()
        yield line("Not written: `--write` puts it into the migration's folder.")


def _verdict(down: DraftedDown) -> Iterator[Line]:
    name, server = down.migration.name, f"PostgreSQL {down.postgres}"
    if not down.proved:
        yield line(f"{name}: the draft did not converge on {server}.", "bold red")
        yield line(f"{down.fault}.", indent=2)
    elif down.empty:
        yield line(f"{name}: nothing in the schema is to be taken back.", "bold green")
    else:
        yield line(
            f"{name}: drafted, and proved on {server}: down, as before, and up again.",
            "bold green",
        )
