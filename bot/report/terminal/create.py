"""`create` in a terminal: what was written and why, what to mind of it, and what comes next."""

import shlex
from collections.abc import Iterator

from bot.core.findings.created import Created, CreatedDown
from bot.core.findings.finding import Severity, Verdict
from bot.core.findings.review import Review
from bot.core.migrations.migration import DOWN_SCRIPT, LOCK_FILE
from bot.report.down_script import warnings
from bot.report.terminal.check import findings_of
from bot.report.terminal.lines import Line, drawn, line
from bot.report.words import count, listed

_LOSING = ("prisma-rename-as-drop-add", "prisma-drop-recreate-column")


def create_text(
    created: Created, *, development: str = "", width: int = 80, colour: bool = False
) -> str:
    """`development` is a target to try it on, "" for none."""
    return drawn(_lines(created, development, width), width=width, colour=colour)


def _lines(created: Created, development: str, width: int) -> Iterator[Line]:
    made, difference = created.migration, created.difference
    if made is None:
        yield from _nothing(created)
        return
    yield Line((("Created ", "bold green"), (made.path, "bold")), wrapped=False)
    if difference is not None:
        since = f" and what was changed by hand in {created.target}" if created.target else ""
        yield line(
            f"Prisma {difference.prisma} wrote it: what {difference.schema} has and the "
            f"history{since} has not.",
            indent=2,
        )
    if created.lock:
        yield line(f"{LOCK_FILE} is beside it; commit it too.", indent=2)
    yield line()
    if difference is not None:
        yield from _script(made.sql)
        assert created.review is not None
        yield from findings_of(created.review, width)
        if created.refused:
            yield line("It does not run on top of the history:", "bold red")
            yield line(created.refused, indent=2)
            yield line()
        if created.down is not None:
            yield from _down(created.down)
        yield line(_judged(created.review), *_style(created.review))
    yield from _next(created, development)


def _nothing(created: Created) -> Iterator[Line]:
    difference = created.difference
    assert difference is not None
    since = f" and what {created.target} has beside them" if created.target else ""
    yield line(
        f"There is nothing to create: the migrations{since} make all that {difference.schema} has.",
        "bold green",
    )
    yield line(f"Prisma {difference.prisma} compared them.")
    yield line("For SQL of your own, such as a backfill: `create NAME --empty`.")


def _script(sql: str) -> Iterator[Line]:
    for text in sql.rstrip("\n").split("\n"):
        yield Line(((text, ""),), indent=2, wrapped=False)
    yield line()


def _judged(review: Review) -> str:
    counted = [each.severity for each in review.all_findings if each.allowed is None]
    told = [
        count(counted.count(severity), noun)
        for severity, noun in (
            (Severity.ERROR, "error"),
            (Severity.WARNING, "warning"),
            (Severity.NOTICE, "notice"),
        )
        if severity in counted
    ]
    if not told:
        return "Nothing risky found."
    blocks = " A pull request with it is blocked until the errors are dealt with."
    return f"Judged: {', '.join(told)}.{blocks if review.verdict is Verdict.BLOCK else ''}"


def _style(review: Review) -> tuple[str]:
    return (
        {Verdict.PASS: "bold green", Verdict.WARN: "bold yellow", Verdict.BLOCK: "bold red"}[
            review.verdict
        ],
    )


def _down(down: CreatedDown) -> Iterator[Line]:
    if down.draft is None:
        yield line(f"No {DOWN_SCRIPT}: {down.problem}", "bold yellow")
    elif down.written:
        server = f"PostgreSQL {down.draft.postgres}"
        yield line(f"{DOWN_SCRIPT} is beside it, proved on {server}: down, and up again.", "green")
        for each in warnings(down.draft):
            yield line(each, "yellow", indent=2)
    elif down.draft.empty:
        yield line(f"No {DOWN_SCRIPT}: nothing in the schema is to be taken back.")
    else:
        yield line(f"No {DOWN_SCRIPT}: the draft does not lead back: {down.draft.fault}.", "yellow")
        yield line("`migration-bot down` shows it.", indent=2)
    yield line()


def _next(created: Created, development: str) -> Iterator[Line]:
    assert created.migration is not None
    yield line("Nothing is applied. Next:", "bold")
    if created.difference is None:
        yield _step("write its SQL into the file")
    else:
        yield _step("read the SQL, and edit it where you know better")
    if created.review is not None and any(
        each.rule in _LOSING for each in created.review.all_findings
    ):
        yield _step(
            "a field or a model that was renamed: delete the folder, write what is said above "
            "beside it in the schema, and create it again"
        )
    if created.fixable:
        name = "migration-bot fix"
        yield _step(f"`{name}` rewrites it for {listed(created.fixable)}")
    if created.down is None:
        yield _step(
            f"`migration-bot down {shlex.quote(created.migration.name)} --write` "
            "drafts what takes it back"
        )
    if development:
        yield _step(f"`migration-bot apply {development}` applies it to a database of your own")
    yield _step("commit the folder: the pull request is checked before anything else happens")


def _step(text: str) -> Line:
    return Line(((text, ""),), indent=2, label="- ")
