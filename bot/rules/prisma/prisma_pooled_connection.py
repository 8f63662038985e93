"""Migrations go through a connection pool that hands each statement to another session.

PgBouncer in transaction mode does that. A SET, the lock that keeps two deployments apart, and an
index built CONCURRENTLY belong to one session, and through the pool they land in several: timeouts
do not hold, and two deployments run at once. Only an address that is written out is judged; what an
environment variable holds is not known here.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from bot.core.findings.finding import Severity
from bot.core.findings.rule import Hit, Hits
from bot.core.migrations.datamodel import Source, read_datamodel
from bot.core.migrations.history import Change, History
from bot.core.migrations.layout import Layout
from bot.core.migrations.project import Project
from bot.core.migrations.statement import Position

SEVERITY = Severity.NOTICE

FIX = (
    "Give migrations an address of the server itself: `directUrl` in schema.prisma up to Prisma 6, "
    "`datasource.url` in prisma.config.ts from Prisma 7 on."
)

_POOLED = (
    'datasource db {\n  provider = "postgresql"\n  url      = "postgresql://pool:6543/shop"\n}\n'
)
_ENDED = _POOLED.removesuffix("}\n")
_NO_FILES: dict[str, str] = {}

BAD = Layout(base=_NO_FILES, head={"schema.prisma": _POOLED})
GOOD = Layout(
    base=_NO_FILES,
    head={"schema.prisma": f'{_ENDED}  directUrl = env("DIRECT_URL")\n}}\n'},
)
QUIET = [
    Layout(base=_NO_FILES, head={"schema.prisma": _POOLED.replace("6543", "5432")}),
    Layout(
        base=_NO_FILES,
        head={"schema.prisma": _POOLED.replace('"postgresql://pool:6543/shop"', 'env("URL")')},
    ),
    Layout(base={"schema.prisma": _POOLED}, head={"schema.prisma": f"// The shop.\n{_POOLED}"}),
    Layout(base=_NO_FILES, head={"schema.prisma": f"// {_POOLED}"}),
]

_POOLERS_PORT = 6543
_CONFIG_URL = re.compile(r"""\b(directUrl|url)\s*:\s*(["'`])([^"'`$]*)\2""")
_CONFIG_COMMENT = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)


def check_change(change: Change) -> Hits:
    before = set(_pooled(change.base)) if change.base else set()
    for path, line, how in _pooled(change.head):
        if not any((path, how) == (known, said) for known, _, said in before):
            yield Hit(f"The address that migrations use {how}.", at=Position(line, 1), path=path)


def _pooled(history: History) -> Iterator[tuple[str, int, str]]:
    """Where an address of a pool is written that Prisma would migrate through, and how it shows."""
    project = history.project
    if project is None or not _may_show_a_pool(project):
        return
    datamodel = read_datamodel(project.schemas)
    source = datamodel.source if datamodel else None
    if source is not None:
        yield from _in_schema(source)
    text = _CONFIG_COMMENT.sub(lambda match: "\n" * match[0].count("\n"), project.config)
    found = list(_CONFIG_URL.finditer(text))
    if not any(match[1] == "directUrl" for match in found):
        for match in found:
            if how := _shows(match[3]):
                yield project.config_path, text.count("\n", 0, match.start()) + 1, how


def _may_show_a_pool(project: Project) -> bool:
    """Most do not, and need not be read for it."""
    texts = (*project.schemas.values(), project.config)
    return any("pgbouncer" in text or str(_POOLERS_PORT) in text for text in texts)


def _in_schema(source: Source) -> Iterator[tuple[str, int, str]]:
    key = "directUrl" if "directUrl" in source.settings else "url"
    if how := _shows(source.text(key) or ""):
        yield source.path, source.lines[key], how


def _shows(url: str) -> str:
    """How an address shows that a pool is behind it; "" if it does not."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if not parts.scheme.startswith("postgres"):
        return ""
    if parse_qs(parts.query).get("pgbouncer") == ["true"]:
        return "says pgbouncer=true"
    return f"has the port {port}, a pooler's" if port == _POOLERS_PORT else ""
