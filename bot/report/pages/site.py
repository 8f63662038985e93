"""The whole site, file by file: every page of every board, with the styles and the script."""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from bot.core.board.board import Board
from bot.core.rollouts.standing import MigrationState
from bot.report.pages.addresses import list_page, slug
from bot.report.pages.backups import backup_views
from bot.report.pages.drift import drift_views
from bot.report.pages.highlight import Code, highlighted
from bot.report.pages.migrations import MigrationView, migration_views
from bot.report.pages.pictures import (
    Picture,
    durations_picture,
    lock_picture,
    schema_picture,
)
from bot.report.pages.rollouts import MOST_ROLLOUTS, rollout_rows, rows_by_migration
from bot.report.pages.rules import finding_counts, rule_views
from bot.report.pages.schema import SchemaView, schema_view
from bot.report.pages.search import search_script
from bot.report.pages.states import headline
from bot.report.pages.template import Clean, Pages
from bot.report.rehearsals.words import schema_lines

ASSETS = ("site.css", "site.js")
# What is in the list of a page, and what the first page shows of it.
PAGE_SIZE = 100
_NEWEST = 20
_MOST_OPEN = 60
# Characters of HTML that one script may have, of a page that stays below a megabyte.
_MOST_SQL = 360_000
_MOST_DOWN = 120_000
# What the pictures bring along: their styles, and how large they may be drawn.
_STYLE = re.compile(r"<style>(.*?)</style>|<svg [^>]*style=\"([^\"]*)\"", re.DOTALL)
_POLICY = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file:{hashes}; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'"
)


def site(boards: Sequence[Board], clean: Clean) -> Iterator[tuple[str, str]]:
    """Each file by its path, with forward slashes. One board is the site; of several, each has a
    folder of its own, and the first page leads to them."""
    pages = Pages(clean)
    if len(boards) == 1:
        yield from _Site(boards[0], pages).files()
    else:
        for board in boards:
            folder = slug(board.database)
            for path, text in _Site(board, pages, above=1).files():
                yield f"{folder}/{path}", text
        yield "index.html", _databases(boards, pages)
    for name in ASSETS:
        yield f"assets/{name}", _asset(name)


def _asset(name: str) -> str:
    return files("bot.report.pages").joinpath("assets", name).read_text("utf-8")


def _databases(boards: Sequence[Board], pages: Pages) -> str:
    listed = [
        (board, slug(board.database), [(each, headline(each)) for each in board.urgent_first])
        for board in boards
    ]
    return pages.render(
        "databases.html",
        boards=listed,
        board=boards[0],
        root="",
        top="",
        here="databases",
        title="Databases",
        nav=(),
        policy=_policy(""),
    )


def _policy(content: str) -> str:
    """What a page may load: its own styles and script, and the styles inside its pictures."""
    styles = dict.fromkeys(sheet or size for sheet, size in _STYLE.findall(content))
    hashes = "".join(
        f" 'sha256-{base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()}'"
        for each in styles
    )
    # Attributes go by hashes too, of exactly these texts, if that is said.
    return _POLICY.format(hashes=f" 'unsafe-hashes'{hashes}" if hashes else "")


@dataclass(frozen=True)
class _Site:
    """One board's part. `above` is how many folders it lies below the top of the site."""

    board: Board
    pages: Pages
    above: int = 0

    def files(self) -> Iterator[tuple[str, str]]:
        board = self.board
        rows = rollout_rows(board)
        views = migration_views(board, rows_by_migration(rows))
        rules = rule_views(board, views)
        schema = schema_view(board, views)
        open_views = [each for each in views if not each.settled]
        yield (
            "index.html",
            self._page(
                "index.html",
                "index.html",
                "Board",
                headlines=[(each, headline(each)) for each in board.urgent_first],
                shown=_first_page(views, open_views),
                views=views,
                waiting=len(open_views),
                found=finding_counts(rules, board),
                rules=rules,
                last=rows[:1],
            ),
        )
        yield from self._lists(views)
        yield from self._migrations(views)
        yield (
            "findings.html",
            self._page("findings.html", "findings.html", "Findings", rules=rules),
        )
        yield "schema.html", self._schema(schema)
        yield (
            "rollouts.html",
            self._page(
                "rollouts.html",
                "rollouts.html",
                "Rollouts",
                rows=rows[:MOST_ROLLOUTS],
                left=len(rows) - MOST_ROLLOUTS,
                known={each.name: each for each in views},
                picture=durations_picture(rows, self.pages),
            ),
        )
        yield (
            "backups.html",
            self._page("backups.html", "backups.html", "Backups", targets=backup_views(board)),
        )
        yield (
            "drift.html",
            self._page("drift.html", "drift.html", "Drift", looks=drift_views(board, self._code)),
        )
        if board.has_fleet:
            fleets = [each for each in board.targets if each.status.fleet is not None]
            yield "fleet.html", self._page("fleet.html", "fleet.html", "Fleet", fleets=fleets)
        yield "assets/search.js", search_script(self.pages, views, schema.tables, rules)

    def _schema(self, schema: SchemaView) -> str:
        """What changed with its neighbours, and the whole of it to unfold; where nothing did, the
        whole."""
        drawn, pages = schema.drawn, self.pages
        first = whole = None
        if drawn is not None:
            first = schema_picture(drawn, pages, whole=not drawn.changed)
            every = schema_picture(drawn, pages, whole=True)
            # In a small schema what changed and its neighbours are all there is.
            whole = every if every.all != first.all else None
        return self._page(
            "schema.html",
            "schema.html",
            "Schema",
            schema=schema,
            picture=first,
            whole=whole,
        )

    def _lists(self, views: Sequence[MigrationView]) -> Iterator[tuple[str, str]]:
        """All migrations, the newest first, a hundred on each page."""
        ordered = list(reversed(views))
        many = max(1, -(-len(ordered) // PAGE_SIZE))
        for number in range(1, many + 1):
            path = list_page(number)
            yield (
                path,
                self._page(
                    "migrations.html",
                    path,
                    "Migrations",
                    shown=ordered[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
                    views=views,
                    number=number,
                    many=many,
                    list_page=list_page,
                ),
            )

    def _migrations(self, views: Sequence[MigrationView]) -> Iterator[tuple[str, str]]:
        for place, view in enumerate(views):
            rehearsed = view.rehearsed
            statements = view.judged.statements if view.judged else ()
            yield (
                view.page,
                self._page(
                    "migration.html",
                    view.page,
                    view.name,
                    view=view,
                    earlier=views[place - 1] if place else None,
                    later=views[place + 1] if place + 1 < len(views) else None,
                    sql=self._code(view.judged.migration.sql, _MOST_SQL) if view.judged else None,
                    down=self._down(view),
                    accused=_accused(view),
                    picture=lock_picture(rehearsed, statements, self.pages) if rehearsed else None,
                    changes=schema_lines(rehearsed.changes)[:200] if rehearsed else (),
                    pending=_pending(view),
                ),
            )

    def _down(self, view: MigrationView) -> Code | None:
        down = view.judged.migration.down if view.judged else None
        return self._code(down, _MOST_DOWN) if down is not None else None

    def _code(self, text: str, most: int = _MOST_DOWN) -> Code:
        # What is cut off here comes nowhere near a page; it is cut again by what it becomes.
        cut = text[: 2 * most]
        code = highlighted(self.pages.whole(cut), most)
        missing = text[2 * most :].count("\n")
        return Code(code.lines, code.left + missing)

    def _page(self, template: str, path: str, title: str, **values: Any) -> str:
        depth = path.count("/")
        pictures = [each.all for each in values.values() if isinstance(each, Picture)]
        return self.pages.render(
            template,
            board=self.board,
            root="../" * depth,
            top="../" * (depth + self.above),
            here=path,
            title=title,
            nav=self._nav(),
            policy=_policy("".join(pictures)),
            **values,
        )

    def _nav(self) -> tuple[tuple[str, str], ...]:
        found = [
            ("index.html", "Board"),
            ("migrations/index.html", "Migrations"),
            ("findings.html", "Findings"),
            ("schema.html", "Schema"),
            ("rollouts.html", "Rollouts"),
            ("backups.html", "Backups"),
            ("drift.html", "Drift"),
        ]
        return (*found, ("fleet.html", "Fleet")) if self.board.has_fleet else tuple(found)


def _first_page(
    views: Sequence[MigrationView], unsettled: Sequence[MigrationView]
) -> list[MigrationView]:
    """The newest, and whatever is not settled everywhere, the newest first."""
    newest = views[-_NEWEST:]
    shown = {each.name for each in (*newest, *unsettled[-_MOST_OPEN:])}
    return [each for each in reversed(views) if each.name in shown]


def _accused(view: MigrationView) -> dict[int, str]:
    """The gravest severity of each line that a finding is about."""
    found: dict[int, str] = {}
    path = view.judged.migration.path if view.judged else ""
    for each in reversed(view.shown_findings):
        if each.finding.path == path and each.finding.allowed is None:
            for line in range(each.finding.line, min(each.finding.end_line, 100_000) + 1):
                found[line] = each.severity
    return found


def _pending(view: MigrationView) -> list[Any]:
    """The targets that it is still to be applied to: their gates are its own."""
    waiting = (
        MigrationState.PENDING,
        MigrationState.OUT_OF_ORDER,
        MigrationState.ROLLED_BACK,
        MigrationState.INTERRUPTED,
    )
    return [each.target for each in view.stands if each.target.states.get(view.name) in waiting]
