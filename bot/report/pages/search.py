"""What the search knows, as a script that a page loads when somebody begins to search: a file on a
disk cannot be fetched, and a script can."""

import json
from collections.abc import Iterator, Sequence

from bot.report.pages.migrations import MigrationView
from bot.report.pages.rules import RuleView
from bot.report.pages.schema import TableView
from bot.report.pages.template import Pages

_MOST_WORDS = 24
# What could end a script or mean something to the parser of HTML, and what ends a line for an old
# parser of JavaScript.
_ESCAPED = {ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}

Entry = dict[str, str]


def search_script(
    pages: Pages,
    views: Sequence[MigrationView],
    tables: Sequence[TableView],
    rules: Sequence[RuleView],
) -> str:
    entries = [*_migrations(pages, views), *_tables(pages, tables), *_rules(pages, rules)]
    return f"window.migrationBotIndex = {embedded(entries)};\n"


def embedded(value: object) -> str:
    """JSON that is safe in a script, in a file or in a page."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_ESCAPED)


def _migrations(pages: Pages, views: Sequence[MigrationView]) -> Iterator[Entry]:
    """The newest first: of equals, that is the one somebody looks for."""
    for view in reversed(views):
        tables = view.tables[:_MOST_WORDS]
        rules = list(dict.fromkeys(each.rule for each in view.findings))[:_MOST_WORDS]
        yield {
            "g": "migration",
            "t": pages.shown(view.name),
            "s": pages.shown(", ".join(tables)),
            "k": pages.shown(" ".join(rules)),
            "u": view.page,
        }


def _tables(pages: Pages, tables: Sequence[TableView]) -> Iterator[Entry]:
    for table in tables:
        number = len(table.migrations) + table.left
        yield {
            "g": "table",
            "t": pages.shown(table.name),
            "s": f"touched by {number} migration{'s' * (number != 1)}",
            "k": "",
            "u": f"schema.html#{table.anchor}",
        }


def _rules(pages: Pages, rules: Sequence[RuleView]) -> Iterator[Entry]:
    for rule in rules:
        yield {
            "g": "rule",
            "t": pages.shown(rule.rule),
            "s": f"found {rule.many} time{'s' * (rule.many != 1)}",
            "k": "",
            "u": f"findings.html#{rule.anchor}",
        }
