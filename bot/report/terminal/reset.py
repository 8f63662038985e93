"""`reset` in a terminal: what it would take out, and how it went."""

from collections.abc import Sequence

from bot.core.resets.scene import Clearing, Scene
from bot.core.targets.hooks import Wishes
from bot.report import words
from bot.report.escape import one_line
from bot.report.terminal.lines import drawn, line


def reset_plan_text(
    target: str,
    scene: Scene,
    clearing: Clearing,
    migrations: Sequence[str],
    wishes: Wishes,
    *,
    width: int = 80,
    colour: bool = False,
) -> str:
    """For whoever has to agree."""
    facts = scene.facts
    tables = words.count(scene.tables, "table")
    emptied = ", ".join(one_line(each) for each in clearing.schemas)
    lines = [
        line(f"{target} is going to be reset: everything in it is lost.", "bold red"),
        line(f"database {one_line(facts.database)} at {one_line(facts.identity.host)}", indent=2),
        line(f"{tables} in it, {words.size(scene.size)} altogether", indent=2),
        line(f"emptied: {emptied}", indent=2),
    ]
    remade = [*clearing.remade, *clearing.extensions, *(name for _, name in clearing.objects)]
    if remade:
        said = ", ".join(map(one_line, remade))
        lines.append(line(f"dropped, since the history makes them: {said}", indent=2))
    kept = "its extensions, settings, default privileges, and rights on schemas"
    kept += " and tables" if clearing.rights else ""
    lines.append(line(f"kept: the database itself with {kept}", indent=2))
    if scene.unfinished:
        lines.append(line("A reset of it was broken off; this one finishes it.", indent=2))
    lines.append(line(f"applied: {words.count(len(migrations), 'migration')}", indent=2))
    for name, what in wishes.wanted:
        lines.append(line(f"{name}: {one_line(str(what))}", indent=2))
    return drawn(lines, width=width, colour=colour)


def given_back_text(
    rights: int, refused: Sequence[str], *, width: int = 80, colour: bool = False
) -> str:
    """ "" if there was nothing to give back."""
    lines = []
    if rights:
        said = words.count(rights, "owner or right", "owners and rights")
        lines.append(line(f"{said} given back.", indent=2))
    lines += [line(f"not given back: {each}", "bold yellow", indent=2) for each in refused]
    return drawn(lines, width=width, colour=colour)
