"""What is run for the project after a rollout: which hooks, whether they may be, and how it went.

The rollout is over by then. A hook that fails is told, and takes nothing back.
"""

from collections.abc import Callable, Sequence

from bot.core.github.event import PROPOSING_EVENTS
from bot.core.targets.hooks import Command, HookName, HookRun, Script, Wishes
from bot.core.targets.target import Kind, Target
from bot.errors import BotError, PostgresError, UsageError
from bot.report.escape import one_line
from bot.rollout.preflight.ready import require_ready
from bot.world import World

# From then on somebody who watches is told that it goes on.
_LONG_SECONDS = 2.0


def wishes_for(
    target: Target, world: World, *, generate: bool | None = None, seed: bool = False
) -> Wishes:
    """What is to be run: `generate` is None where nobody has said, which means yes for what is for
    development. Raises UsageError for what is asked for and cannot be, before anything is done."""
    if seed:
        _require_seedable(target)
    if _is_proposed(world):
        if seed or generate:
            raise UsageError(
                "Hooks are not run for a pull request: its checkout is its author's.",
                hint="Run this on a push to the default branch, or at a terminal.",
            )
        return Wishes()
    return Wishes(_generating(target, world, asked=generate), _seeding(world) if seed else None)


def run_hooks(target: Target, wishes: Wishes, world: World) -> tuple[HookRun, ...]:
    """Run them in order until one fails: a seed may be written with the client."""
    runs: list[HookRun] = []
    for name, what in wishes.wanted:
        begun = world.now()
        problem = _problem(name, what, target, world)
        seconds = (world.now() - begun).total_seconds()
        runs.append(HookRun(name, one_line(str(what)), seconds, problem))
        if problem is not None:
            break
    return tuple(runs)


def require_run(runs: Sequence[HookRun], target: Target) -> None:
    """Raises the error of the one that failed, if one did, and says that the target is fine."""
    for each in runs:
        if each.problem is not None:
            message = f"{target.name} is up to date, but: {each.problem.message}"
            if isinstance(each.problem, PostgresError):
                raise PostgresError(message, hint=each.problem.hint)
            raise UsageError(message, hint=each.problem.hint)


def seed_of(world: World) -> Command | Script | None:
    """What fills a development database; None if there is nothing that would."""
    settings = world.settings
    if settings.hooks.seed is not None:
        return settings.hooks.seed
    usual = settings.rehearsal.seed
    return Script(usual) if world.text_of(usual) is not None else None


def _require_seedable(target: Target) -> None:
    if target.kind is not Kind.DEVELOPMENT:
        raise UsageError(
            f"{target.name} is a {target.kind.value} target, and only development is seeded. "
            "Nothing was changed.",
            hint="Leave --seed out. Rows that every database needs belong into a migration.",
        )
    if target.fleet is not None:
        raise UsageError(
            f"{target.name} is a fleet, and one database is seeded at a time.",
            hint="Leave --seed out, or give one tenant a target of its own with `url_env`.",
        )


def _is_proposed(world: World) -> bool:
    """Whether what is checked out may be what somebody only proposes."""
    return world.environ.get("GITHUB_EVENT_NAME") in PROPOSING_EVENTS


def _generating(target: Target, world: World, *, asked: bool | None) -> Command | None:
    command = world.settings.hooks.generate
    if asked and command is None:
        raise UsageError(
            "The configuration has no generate hook.",
            hint="Add `hooks: {generate: npx prisma generate}`, or leave --generate out.",
        )
    wanted = target.kind is Kind.DEVELOPMENT if asked is None else asked
    return command if wanted else None


def _seeding(world: World) -> Command | Script:
    found = seed_of(world)
    if found is None:
        usual = world.settings.rehearsal.seed
        raise UsageError(
            f"There is nothing to seed with: no `hooks.seed`, and no {usual}.",
            hint="Name a script or a command under `hooks.seed`, or leave --seed out.",
        )
    return found


def _problem(
    name: HookName, what: Command | Script, target: Target, world: World
) -> BotError | None:
    world.console.say(f"running the {name} hook: {one_line(str(what))}")
    try:
        if isinstance(what, Script):
            _send(what, target, world)
        else:
            _run(name, what, target, world)
    except (UsageError, PostgresError) as error:
        return error
    return None


def _run(name: HookName, command: Command, target: Target, world: World) -> None:
    if world.hooks is None:
        raise UsageError(f"The {name} hook cannot be run here.", hint="Run it by hand.")
    try:
        world.hooks.run(
            name,
            command,
            target if name is HookName.SEED else None,
            seconds=world.settings.hooks.seconds,
            line=lambda text: world.console.say(f"{name} | {text}"),
            going=_follower(name, world),
        )
    finally:
        world.console.follow("")


def _follower(name: HookName, world: World) -> Callable[[float], None]:
    def going(seconds: float) -> None:
        if seconds >= _LONG_SECONDS:
            world.console.follow(f"the {name} hook is running, {seconds:.0f} s")

    return going


def _send(script: Script, target: Target, world: World) -> None:
    """All of it in one message, so that PostgreSQL carries it out whole or not at all, unless it
    has transactions of its own."""
    text = world.text_of(script.path)
    if text is None:
        raise UsageError(
            f"The seed {script.path} is not there.",
            hint="Correct `hooks.seed` in the configuration.",
        )
    if "\0" in text:
        raise UsageError(
            f"The seed {script.path} has a zero byte in it, and is no SQL.",
            hint="Save it as UTF-8.",
        )
    with world.connect(target) as database:
        require_ready(database.facts(), target)
        try:
            database.execute(text.removeprefix("\ufeff"))
        except PostgresError as error:
            raise PostgresError(
                f"The seed {script.path} was refused: {error.message}",
                hint=error.hint,
                sqlstate=error.sqlstate,
            ) from None
