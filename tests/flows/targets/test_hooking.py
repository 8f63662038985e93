"""Which hooks are run for which target, and what a failure of one changes: nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from bot.core.settings import RehearsalSettings, Settings
from bot.core.targets.hooks import Command, HookName, Hooks, Script, Wishes
from bot.core.targets.target import Target
from bot.errors import PostgresError, UsageError
from bot.flows.targets.hooking import require_run, run_hooks, wishes_for
from bot.world import World
from tests.fakes import FakeCheckout, FakeConsole, FakeDatabase, history, world

GENERATE = Command(("npx", "prisma", "generate"))
SEEDER = Command(("tsx", "seed.ts"))
SCRIPT = Script("prisma/seed.sql")


@dataclass
class FakeRunner:
    """Says a line, and that a second or three have passed. `failing` are those that fail."""

    failing: frozenset[HookName] = frozenset()
    ran: list[tuple[HookName, str, str | None]] = field(default_factory=list)

    def run(
        self,
        name: HookName,
        command: Command,
        target: Target | None,
        *,
        seconds: float,
        line: Callable[[str], None],
        going: Callable[[float], None],
    ) -> None:
        self.ran.append((name, str(command), target.name if target else None))
        line("working")
        for spent in (1.0, 3.0):
            going(spent)
        if name in self.failing:
            raise UsageError(f"The {name} hook ended with 1.", hint="Mend it.")


def made(
    hooks: Hooks | None = None,
    *,
    runner: FakeRunner | None = None,
    texts: dict[str, str] | None = None,
    **environ: str,
) -> tuple[World, FakeDatabase]:
    database = FakeDatabase([])
    settings = Settings(hooks=hooks or Hooks(generate=GENERATE))
    given = world(
        FakeCheckout(history()), {"development": database}, settings=settings, environ=environ
    )
    found = texts or {}
    return replace(given, hooks=runner or FakeRunner(), text_of=found.get), database


def target(given: World, name: str = "development") -> Target:
    return given.settings.target(name)


@pytest.mark.parametrize(
    ("name", "asked", "expected"),
    [
        ("development", None, GENERATE),
        ("development", True, GENERATE),
        ("development", False, None),
        ("staging", None, None),
        ("production", None, None),
        ("staging", True, GENERATE),
        ("production", True, GENERATE),
    ],
)
def test_the_client_is_generated_for_development_and_elsewhere_only_if_asked(
    name: str, asked: bool | None, expected: Command | None
) -> None:
    given, _ = made()
    assert wishes_for(target(given, name), given, generate=asked) == Wishes(generate=expected)


@pytest.mark.parametrize("name", ["staging", "production"])
def test_no_other_kind_of_target_is_seeded(name: str) -> None:
    given, _ = made(Hooks(seed=SCRIPT), texts={SCRIPT.path: "SELECT 1"})
    with pytest.raises(UsageError, match="only development is seeded"):
        wishes_for(target(given, name), given, seed=True)


def test_a_seed_is_the_configured_one_or_the_script_of_the_rehearsal() -> None:
    given, _ = made(Hooks(seed=SEEDER), texts={SCRIPT.path: "SELECT 1"})
    assert wishes_for(target(given), given, seed=True).seed == SEEDER
    given, _ = made(Hooks(), texts={SCRIPT.path: "SELECT 1"})
    assert wishes_for(target(given), given, seed=True).seed == SCRIPT
    elsewhere = Settings(rehearsal=RehearsalSettings(seed="rows.sql"))
    given = replace(given, settings=elsewhere, text_of={"rows.sql": ""}.get)
    assert wishes_for(target(given), given, seed=True).seed == Script("rows.sql")


def test_what_is_asked_for_and_not_there_is_refused_before_anything_is_done() -> None:
    given, _ = made(Hooks())
    with pytest.raises(UsageError, match="nothing to seed with"):
        wishes_for(target(given), given, seed=True)
    with pytest.raises(UsageError, match="no generate hook"):
        wishes_for(target(given), given, generate=True)


@pytest.mark.parametrize(
    "event",
    [
        *("pull_request", "merge_group", "pull_request_review", "pull_request_target"),
        *("pull_request_review_comment", "issue_comment", "workflow_run"),
    ],
)
def test_nothing_is_run_of_what_somebody_only_proposes(event: str) -> None:
    given, _ = made(Hooks(GENERATE, SCRIPT), GITHUB_EVENT_NAME=event)
    assert wishes_for(target(given), given) == Wishes()
    for asked in ({"generate": True}, {"seed": True}):
        with pytest.raises(UsageError, match="not run for a pull request"):
            wishes_for(target(given), given, **asked)


def test_the_client_comes_before_the_seed_and_only_the_seed_knows_the_database() -> None:
    runner = FakeRunner()
    given, _ = made(runner=runner)
    runs = run_hooks(target(given), Wishes(GENERATE, SEEDER), given)
    assert runner.ran == [
        (HookName.GENERATE, "npx prisma generate", None),
        (HookName.SEED, "tsx seed.ts", "development"),
    ]
    assert [each.problem for each in runs] == [None, None]
    require_run(runs, target(given))


def test_what_a_hook_says_is_said_and_that_it_takes_long_is_followed() -> None:
    given, _ = made()
    assert isinstance(given.console, FakeConsole)
    given.console.watched = True
    run_hooks(target(given), Wishes(GENERATE), given)
    assert given.console.said == [
        "running the generate hook: npx prisma generate",
        "generate | working",
    ]
    assert given.console.followed == ["the generate hook is running, 3 s", ""]


def test_a_failure_ends_it_and_says_that_the_target_is_fine() -> None:
    runner = FakeRunner(failing=frozenset({HookName.GENERATE}))
    given, database = made(runner=runner)
    runs = run_hooks(target(given), Wishes(GENERATE, SCRIPT), given)
    assert [each.name for each in runs] == [HookName.GENERATE]
    assert database.diary == []
    with pytest.raises(UsageError) as failed:
        require_run(runs, target(given))
    assert failed.value.message == "development is up to date, but: The generate hook ended with 1."
    assert failed.value.hint == "Mend it."


def test_a_script_that_is_gone_or_is_no_text_is_a_failure_of_the_seed() -> None:
    for texts, said in (({}, "is not there"), ({SCRIPT.path: "SELECT 1;\0"}, "zero byte")):
        given, _ = made(texts=texts)
        (run,) = run_hooks(target(given), Wishes(seed=SCRIPT), given)
        assert said in str(run.problem)


def test_a_database_that_does_not_answer_any_more_is_a_failure_of_the_seed() -> None:
    given, _ = made(texts={SCRIPT.path: "SELECT 1"})
    away = replace(given, connect=world(FakeCheckout(history()), {}).connect)
    runs = run_hooks(target(given), Wishes(seed=SCRIPT), away)
    with pytest.raises(PostgresError, match="development is up to date, but"):
        require_run(runs, target(given))
