"""Prisma as the judge of what a scenario leaves: its real CLI, held against what we say ourselves.

Asking takes it more than a second, so that each scenario is judged on one server and after one
story, now this and now that; MIGRATION_BOT_FAULTS=all asks always.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import pytest

from bot.adapters.postgres.target.opening import open_target
from bot.core.migrations.migration import Migration
from bot.core.rollouts.plan import Plan, make_plan
from bot.core.targets.url import parse_url
from tests.conftest import SERVERS
from tests.fakes import history
from tests.faults.figures import EVERYTHING
from tests.faults.runner import STAGING, write
from tests.faults.stories import STORIES
from tests.prisma.oracle import SCHEMA, Answer, Prisma, find_prisma

# What `migrate status` lists below a line with these words.
_LISTS = {
    "not yet been applied": "pending",
    "have failed": "begun",
    "not found locally": "missing",
}
_NAME = re.compile(r"\d{14}_\w+")


def find_judge() -> tuple[Prisma | None, str]:
    """Prisma, or why it cannot be asked."""
    try:
        return find_prisma(), ""
    except pytest.skip.Exception as skipped:
        return None, str(skipped)


def project(folder: Path, migrations: tuple[Migration, ...]) -> Path:
    """A Prisma project; the answer is the folder that Prisma is given."""
    write(folder, migrations)
    (folder / "prisma" / "schema.prisma").write_text(SCHEMA)
    return folder / "prisma"


@dataclass
class Judge:
    """`folder` is for projects, one for each question. A test that is not `due` asks nothing.
    `asked` counts the questions."""

    prisma: Prisma | None
    folder: Path
    due: bool = True
    asked: int = 0

    def agrees(self, url: str, migrations: tuple[Migration, ...]) -> None:
        """Prisma's `migrate status` lists what we would list: nothing, where all is applied."""
        if self.prisma is None or not self.due:
            return
        answer = self.prisma.status(url, self._project(migrations))
        assert told(answer) == expected(url, migrations), answer.text

    def refuses(self, url: str, migrations: tuple[Migration, ...], says: str) -> None:
        """Prisma's `migrate deploy` ends with the code, or PostgreSQL's words, that we end with."""
        if self.prisma is None or not self.due:
            return
        answer = self.prisma.deploy(url, self._project(migrations))
        assert answer.code != 0, answer.text
        assert says in answer.text

    def deploys(self, url: str, migrations: tuple[Migration, ...]) -> bool:
        """Whether Prisma's `migrate deploy` was asked to apply them; then it did."""
        if self.prisma is None or not self.due:
            return False
        answer = self.prisma.deploy(url, self._project(migrations))
        assert answer.code == 0, answer.text
        return True

    def _project(self, migrations: tuple[Migration, ...]) -> Path:
        self.asked += 1
        return project(self.folder / f"asked-{self.asked}", migrations)


def is_asked(test: str, story: str = "") -> bool:
    """Whether Prisma judges what a test leaves: `test` is its name with its parameters, of which
    one may be a server of several, and one a `story` of STORIES."""
    if EVERYTHING:
        return True
    server = next((each for each in SERVERS if each in test), "")
    scenario = crc32(test.replace(server, "").replace(story, "").encode())
    return all(
        not one or sorted(several)[scenario % len(several)] == one
        for one, several in ((server, SERVERS), (story, STORIES))
    )


def told(answer: Answer) -> list[tuple[str, str]]:
    """What `migrate status` says of each migration that is not simply applied."""
    found = sorted(_told(answer.text.splitlines()))
    assert found or "up to date" in answer.text, answer.text
    return found


def _told(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    kind = ""
    for line in lines:
        kind = next((_LISTS[words] for words in _LISTS if words in line), kind if line else "")
        if kind and _NAME.fullmatch(line):
            yield kind, line


def expected(url: str, migrations: tuple[Migration, ...]) -> list[tuple[str, str]]:
    """The same by our own plan. Prisma names what is missing only beside what is pending, and what
    was begun only where nothing is."""
    plan = _plan(url, migrations)
    begun = {*plan.failed, *plan.interrupted, *plan.running}
    pending = [("pending", each.name) for each in plan.pending if each.name not in begun]
    missing = [("missing", each) for each in plan.missing]
    return sorted(pending + missing) if pending else sorted(("begun", each) for each in begun)


def _plan(url: str, migrations: tuple[Migration, ...]) -> Plan:
    with open_target(STAGING, parse_url(url)) as database:
        return make_plan(STAGING.name, history(*migrations).migrations, database.applied())
