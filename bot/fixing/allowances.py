"""Allowances for a whole file, carried into the folders that the file becomes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.core.findings.review import JudgedMigration
from bot.fixing.draft import Draft, Part
from bot.judge.allowance import Allowance, read_allowances
from bot.sql.parse import parse

_WORD = "allow-file"


def with_allowances(draft: Draft, judged: Sequence[JudgedMigration], today: date) -> Draft:
    """The draft with the author's allowances where their findings are now; `judged` are its parts.

    The same draft where nothing has to be carried anywhere.
    """
    if len(draft.parts) == 1 or _WORD not in draft.migration.sql:
        return draft
    found = [{each.rule: each.allowed for each in one.findings} for one in judged]
    allowances = _of_the_file(draft.migration.sql, {rule for each in found for rule in each}, today)
    carried = {
        each.rule
        for each in allowances
        if any(each.rule in one and one[each.rule] is None for one in found[1:])
    }
    parts = [
        _with(part, one, [each for each in allowances if each.rule in carried], first=not n)
        for n, (part, one) in enumerate(zip(draft.parts, found, strict=True))
    ]
    return replace(draft, parts=tuple(parts)) if carried else draft


def _of_the_file(sql: str, rules: set[str], today: date) -> list[Allowance]:
    allowances, _ = read_allowances(sql, parse(sql).statements, rules, today)
    return [each for each in allowances if each.statement is None]


def _with(
    part: Part, found: Mapping[str, str | None], allowances: Sequence[Allowance], *, first: bool
) -> Part:
    text = part.text
    newline = "\r\n" if "\r\n" in text else "\n"
    for each in allowances:
        if first and each.rule not in found:
            text = _without_line(text, each)
        elif not first and each.rule in found and found[each.rule] is None:
            until = f" until {each.until}" if each.until else ""
            comment = f"-- migration-bot: {_WORD} {each.rule}{until} because {each.reason}"
            text = text if comment in text else f"{comment}{newline}{text}"
    return replace(part, text=text)


def _without_line(text: str, allowance: Allowance) -> str:
    """Less the comment, if it is a line of its own."""
    lines = text.splitlines(keepends=True)
    kept = [
        each
        for each in lines
        if not (each.lstrip().startswith("--") and f"{_WORD} {allowance.rule} " in each)
    ]
    return "".join(kept)
