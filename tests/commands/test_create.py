"""`create`, with a Prisma and a shadow database that answer as they are told to."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from bot.commands import create
from bot.commands.create import purpose_of
from bot.core.drift.drift import Expected
from bot.core.migrations.difference import Difference
from bot.core.migrations.history import History
from bot.core.rehearsals.proofs import DownProof
from bot.core.rehearsals.rehearsal_order import NewMigration, Order
from bot.core.rollouts.rollback_steps import Tried
from bot.core.schemas.draft import Draft, DraftedStatement
from bot.core.targets.url import ConnectionUrl, parse_url
from bot.errors import ExitCode, PostgresError, UsageError
from bot.flows.creating import CreateOrder
from bot.world import World
from tests.fakes import FakeCheckout, history, migration, shown
from tests.fakes import world as made_of
from tests.report.formats.test_as_json import validated
from tests.shell import ROOT, bot, git, write

INIT = migration("20260101000000_init", 'CREATE TABLE "User" ("id" INTEGER, "email" TEXT);\n')
ADDED = '-- AlterTable\nALTER TABLE "User" ADD COLUMN     "name" TEXT;\n'
RENAMED = '-- AlterTable\nALTER TABLE "User" DROP COLUMN "email",\nADD COLUMN     "mail" TEXT;\n'
INDEXED = '-- CreateIndex\nCREATE INDEX "User_email_idx" ON "User"("email");\n'
ORDER = CreateOrder("Add names")
NAME = "20261122120000_add_names"


@dataclass
class FakePrisma:
    """Is its own answer to `found`."""

    sql: str
    version: str = "7.10.1"
    schema: str = "prisma/schema.prisma"
    asked: list[str | None] = field(default_factory=list)

    def found(self, schema: str | None = None) -> "FakePrisma":
        self.asked.append(schema)
        return self

    def difference(self, url: ConnectionUrl) -> Difference:
        self.asked.append(url.text)
        return Difference(self.sql, self.schema, self.version)


@dataclass
class FakeShadows:
    """Is the shadow database it opens, too."""

    refusal: str = ""
    orders: list[Order] = field(default_factory=list)
    ran: list[NewMigration] = field(default_factory=list)
    url: ConnectionUrl = field(default_factory=lambda: parse_url("postgresql://shadow/s"))
    major: int = 18

    @contextmanager
    def opened(self, order: Order, note: Callable[[str], None]) -> Iterator["FakeShadows"]:
        self.orders.append(order)
        yield self

    def run(self, new: NewMigration) -> str:
        self.ran.append(new)
        return self.refusal


@dataclass
class FakeDowns:
    proof: DownProof

    def tried_back(self, order: Order, note: Callable[[str], None]) -> Tried:
        (new,) = order.new
        drafted = Draft((DraftedStatement("DROP TABLE x"),))
        expected = Expected({}, {}, major=18)
        return Tried(expected, drafts={new.name: drafted}, proofs={new.name: self.proof})


@dataclass
class Place:
    world: World
    checkout: FakeCheckout
    prisma: FakePrisma
    shadows: FakeShadows

    def run(self, order: CreateOrder = ORDER, form: str = "text") -> str:
        assert create.run(self.world, order, form=form) is ExitCode.FINE
        return shown(self.world)

    def read(self, order: CreateOrder = ORDER) -> dict[str, Any]:
        return validated("create", json.loads(self.run(order, form="json")))

    @property
    def newest(self) -> str:
        newest = self.checkout.head_history.newest
        assert newest is not None
        return newest.sql


def placed(sql: str, given: History | None = None, refusal: str = "") -> Place:
    checkout = FakeCheckout(given or history(INIT))
    prisma, shadows = FakePrisma(sql), FakeShadows(refusal)
    world = replace(made_of(checkout), project=prisma, shadows=shadows)
    return Place(world, checkout, prisma, shadows)


def test_what_prisma_writes_becomes_a_folder_behind_the_others() -> None:
    place = placed(ADDED)

    text = place.run()

    assert [each.name for each in place.checkout.head_history.migrations] == [INIT.name, NAME]
    assert place.newest == ADDED
    assert f"prisma/migrations/{NAME}/migration.sql" in text
    assert "Prisma 7.10.1 wrote it" in text
    assert "Nothing is applied. Next:" in text
    assert "migration-bot apply development" in text


def test_prisma_is_shown_the_shadow_database_and_nothing_else() -> None:
    place = placed(ADDED)
    place.run(replace(ORDER, schema="other.prisma"))
    assert place.prisma.asked == ["other.prisma", "postgresql://shadow/s"]
    (order,) = place.shadows.orders
    assert [each.name for each in order.base] == [INIT.name]


def test_no_difference_is_said_and_nothing_is_written() -> None:
    place = placed("")
    assert "There is nothing to create" in place.run()
    assert place.checkout.head_history.names == (INIT.name,)


def test_the_purpose_stands_above_the_script_on_one_line() -> None:
    place = placed(ADDED)
    place.run(replace(ORDER, purpose="Names\nDROP TABLE x; \x1b[2J for users"))
    first, blank, *rest = place.newest.split("\n")
    assert first == "-- Purpose: Names DROP TABLE x; ⟦U+001B⟧[2J for users"
    assert blank == ""
    assert "\n".join(rest) == ADDED


def test_a_rename_is_told_with_what_to_write_instead() -> None:
    text = placed(RENAMED).run()
    assert "if User.email is meant to" in text
    assert '@map("email")' in text
    assert 'ALTER TABLE "User" RENAME COLUMN "email" TO "mail";' in text
    assert "delete the folder" in text


def test_what_fix_can_rewrite_is_offered() -> None:
    text = placed(INDEXED).run()
    assert "`migration-bot fix` rewrites it for index-create-blocking" in text
    assert "is blocked until the errors are dealt with" in " ".join(text.split())


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ('ALTER TABLE "User" DROP COLUMN "email";', "column-dropped"),
        ('DROP TABLE "User";', "table-dropped"),
        ('ALTER TABLE "User" ADD COLUMN "name" TEXT NOT NULL;', "add-column-required"),
        ('ALTER TABLE "User" ALTER COLUMN "email" SET NOT NULL;', "set-not-null-may-fail"),
        ('CREATE UNIQUE INDEX "k" ON "User"("email");', "index-unique-may-fail"),
        (
            'ALTER TABLE "User" DROP COLUMN "email",\nADD COLUMN     "email" INTEGER;',
            "prisma-drop-recreate-column",
        ),
    ],
)
def test_whatever_prisma_would_warn_of_is_answered(sql: str, rule: str) -> None:
    assert rule in [each["rule"] for each in placed(f"-- AlterTable\n{sql}\n").read()["findings"]]


def test_removed_values_of_an_enum_are_answered_too() -> None:
    enum = migration(
        INIT.name,
        "CREATE TYPE \"Role\" AS ENUM ('a', 'b');\n"
        'CREATE TABLE "User" ("id" INTEGER NOT NULL, "role" "Role" NOT NULL);\n',
    )
    sql = (
        "-- AlterEnum\nBEGIN;\nCREATE TYPE \"Role_new\" AS ENUM ('a');\n"
        'ALTER TABLE "User" ALTER COLUMN "role" TYPE "Role_new" '
        'USING ("role"::text::"Role_new");\n'
        'ALTER TYPE "Role" RENAME TO "Role_old";\nALTER TYPE "Role_new" RENAME TO "Role";\n'
        'DROP TYPE "public"."Role_old";\nCOMMIT;\n'
    )
    found = placed(sql, history(enum)).read()["findings"]
    assert "prisma-enum-replace" in [each["rule"] for each in found]


def test_it_is_run_on_the_shadow_database_and_a_refusal_is_said() -> None:
    place = placed(ADDED, refusal="it could not be run: no such type")
    text = place.run()
    (ran,) = place.shadows.ran
    assert ran.name == NAME
    assert "does not run on top of the history" in text
    assert "no such type" in text


def test_a_server_that_goes_away_takes_no_word_of_the_folder_with_it() -> None:
    place = placed(ADDED)

    class Gone(FakeShadows):
        def run(self, new: NewMigration) -> str:
            raise PostgresError("The server ended the connection.", hint="Try again.")

    place.world = replace(place.world, shadows=Gone())
    text = place.run()
    assert f"Created prisma/migrations/{NAME}/migration.sql" in text
    assert "The server ended the connection." in text


def test_the_first_migration_brings_the_lock_file() -> None:
    place = placed(ADDED, History("prisma/migrations"))
    assert "migration_lock.toml is beside it" in place.run()
    assert place.checkout.locked == 1
    place.run()
    assert place.checkout.locked == 2  # The fake writes none that it would find again.
    assert placed(ADDED).read()["lock_written"] is False


def test_the_lock_file_that_comes_with_it_is_not_said_to_be_missing() -> None:
    found = placed('-- CreateTable\nCREATE TABLE "a" ();\n', History("prisma/migrations")).read()
    assert "prisma-lock-file-missing" not in [each["rule"] for each in found["findings"]]
    assert found["lock_written"] is True


def test_a_lock_file_of_another_database_is_refused() -> None:
    place = placed(ADDED, History("m", provider="sqlite"))
    with pytest.raises(UsageError, match="names sqlite"):
        create.run(place.world, ORDER)


def test_an_empty_one_needs_neither_prisma_nor_a_server() -> None:
    checkout = FakeCheckout(history(INIT))
    world = made_of(checkout)

    assert create.run(world, replace(ORDER, empty=True, purpose="Fill names")) is ExitCode.FINE

    newest = checkout.head_history.newest
    assert newest is not None
    assert newest.sql == "-- Purpose: Fill names\n\n-- This is an empty migration.\n"
    assert "write its SQL into the file" in shown(world)


def test_without_a_server_or_a_prisma_it_says_so_and_writes_nothing() -> None:
    place = placed(ADDED)
    with pytest.raises(PostgresError, match="no PostgreSQL here"):
        create.run(replace(place.world, shadows=None), ORDER)
    with pytest.raises(UsageError, match="nothing here that asks Prisma"):
        create.run(replace(place.world, project=None), ORDER)
    assert place.checkout.head_history.names == (INIT.name,)


def test_a_name_of_which_nothing_is_left_is_refused_before_anything_is_asked() -> None:
    place = placed(ADDED)
    with pytest.raises(UsageError, match="is no name"):
        create.run(place.world, CreateOrder("!!!"))
    assert place.prisma.asked == []


@pytest.mark.parametrize(
    ("proof", "said", "written"),
    [
        (DownProof(drafted=True), "down.sql is beside it, proved on PostgreSQL 18", True),
        (DownProof(drafted=True, left=("added table x",)), "the draft does not lead back", False),
    ],
)
def test_a_down_script_is_written_if_it_was_proved(
    proof: DownProof, said: str, *, written: bool
) -> None:
    place = placed(ADDED)
    place.world = replace(place.world, downs=FakeDowns(proof))
    assert said in place.run(replace(ORDER, down=True))
    assert [*place.checkout.downs] == ([NAME] if written else [])


def test_a_down_script_that_cannot_be_tried_is_said() -> None:
    text = placed(ADDED).run(replace(ORDER, down=True))
    assert "No down.sql: There is no PostgreSQL here to try a draft on." in text


def test_it_can_be_read_by_scripts() -> None:
    place = placed(INDEXED)
    place.world = replace(place.world, downs=FakeDowns(DownProof(drafted=True)))
    found = place.read(replace(ORDER, down=True))
    assert found["created"] is True
    assert found["name"] == NAME
    assert found["sql"] == INDEXED
    assert found["verdict"] == "block"
    assert found["fixable"] == ["index-create-blocking"]
    assert found["prisma"] == "7.10.1"
    assert found["down"]["written"] is True
    assert placed("").read()["created"] is False


def test_a_purpose_is_asked_for_only_where_somebody_can_answer() -> None:
    assert purpose_of(None, ask=lambda: "asked") == "asked"
    assert purpose_of("given", ask=lambda: "asked") == "given"
    assert purpose_of("", ask=lambda: "asked") == ""
    assert purpose_of(None, ask=None) == ""


def test_an_empty_one_is_made_at_a_command_line(tmp_path: Path) -> None:
    git("init", "--quiet", cwd=tmp_path)

    done = bot("create", "Fill totals", "--empty", "--format", "json", cwd=tmp_path)

    assert done.code == ExitCode.FINE, done.said
    found = validated("create", json.loads(done.out))
    assert (tmp_path / found["path"]).read_text() == "-- This is an empty migration.\n"
    lock = (tmp_path / "prisma/migrations/migration_lock.toml").read_text()
    assert lock == (ROOT / "prisma/migrations/migration_lock.toml").read_text()
    assert found["lock_written"] is True
    again = json.loads(
        bot("create", "Fill totals", "--empty", "--format", "json", cwd=tmp_path).out
    )
    assert again["name"] > found["name"]
    assert again["lock_written"] is False


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--empty", "--down"], "nothing to take back yet"),
        (["--empty", "--from-target", "staging"], "--from-target says nothing"),
        (["--empty", "--schema", "x.prisma"], "--schema says nothing"),
        ([], "There is no Prisma schema: not at prisma/schema.prisma"),
        (["--from-target", "nowhere"], "nowhere"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, options: list[str], said: str) -> None:
    write(tmp_path, {"package.json": "{}"})
    git("init", "--quiet", cwd=tmp_path)
    done = bot("create", "x", *options, cwd=tmp_path)
    assert done.code == ExitCode.USAGE, done.said
    assert said in done.err


def test_prisma_is_not_run_in_a_job_of_github(tmp_path: Path) -> None:
    write(tmp_path, {"prisma/schema.prisma": "", "node_modules/.bin/prisma": "#!/bin/sh\n"})
    git("init", "--quiet", cwd=tmp_path)
    done = bot("create", "x", cwd=tmp_path, environ={"GITHUB_ACTIONS": "true"})
    assert done.code == ExitCode.USAGE
    assert "Prisma is not run in a job of GitHub Actions" in done.err
