"""A fix taken apart into what to read and what to paste."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from bot.core.findings.finding import Finding
from bot.core.findings.rewrite import Piece

_COMMAND = re.compile(r"^\$? ?(?:git|npx|npm|pnpm|yarn|prisma|psql|migration-bot) \S")
_QUOTED = re.compile(
    r"^(\S.*?:)\s*`((?:git|npx|npm|pnpm|yarn|prisma|migration-bot) [^`\n]+)`\.?$", re.MULTILINE
)
_SQL = re.compile(
    r"^(?:CREATE|ALTER|DROP|UPDATE|DELETE|INSERT|SET|RESET|BEGIN|COMMIT|VACUUM|ANALYZE|REINDEX"
    r"|COMMENT|GRANT|REVOKE|REFRESH|LOCK|TRUNCATE|SELECT|WITH|DO|--)\b.*[;,(]$|^(?:BEGIN|COMMIT);$"
    r"|^-- \S"
)


_LONGEST = 1500
_FOLDERS = {
    "apart": "alone in a migration folder of its own",
    "next": "in the next migration folder, before all that follows",
    "later": "in a later migration folder",
}


@dataclass(frozen=True)
class Part:
    """A paragraph, or lines of one language ("sh", "sql") to paste; `language` is "" for prose."""

    text: str
    language: str = ""


def parts_of(fix: str) -> tuple[Part, ...]:
    """Runs of lines that are prose, shell commands or SQL; an open statement takes more lines."""
    judged: list[tuple[str, str]] = []
    for line in _unquoted(fix.strip()).splitlines():
        open_statement = bool(judged) and judged[-1][0] == "sql" and not _ended(judged[-1][1])
        judged.append(("sql" if open_statement else _language(line), line))
    return tuple(
        Part("\n".join(line for _, line in lines).strip(), language)
        for language, lines in groupby(judged, key=lambda each: each[0])
    )


def instead_of(finding: Finding) -> str | None:
    """The rewrite as it would stand in the file, or in several; "" if the statement just goes.

    None if there is none, if it is too long to read, or if the fix says it already.
    """
    if finding.rewrite is None:
        return None
    text = "\n".join(line for piece in finding.rewrite.pieces for line in _written(piece))
    if len(text) > _LONGEST or (text and text.rstrip(";") in finding.fix):
        return None
    return text


def _written(piece: Piece) -> Iterator[str]:
    """The statement, below a comment on its folder if that is another one."""
    if piece.place.value in _FOLDERS:
        yield f"-- {_FOLDERS[piece.place.value]}:"
    if piece.sql:
        yield f"{piece.sql};"


def only_command(fix: str) -> str:
    """The one shell command a fix asks for; "" if it asks for something else or for more."""
    commands = [each.text for each in parts_of(fix) if each.language == "sh"]
    if len(commands) != 1 or "\n" in commands[0] or len(commands[0]) > 200 or "`" in commands[0]:
        return ""
    return commands[0].removeprefix("$ ")


def _unquoted(fix: str) -> str:
    """A command after a colon, between backticks, moved to a line of its own."""
    return _QUOTED.sub(r"\1\n\2", fix)


def _language(line: str) -> str:
    if _COMMAND.match(line.strip()):
        return "sh"
    return "sql" if _SQL.match(line.strip()) else ""


def _ended(line: str) -> bool:
    return line.rstrip().endswith(";") or line.strip().startswith("--")
