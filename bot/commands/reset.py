"""Drop what is in the development database TARGET, apply every migration anew, and seed it.

The name of the target has to be typed out first, or --yes given. What would be lost is shown.

\b
  migration-bot reset development
  migration-bot reset development --yes --no-seed

Only targets of kind development are reset, and only where nothing at all speaks against it: not one
that other sessions use, that is another target's database, that bears the mark of another target or
was rolled out to as production, that is on another machine (unless its identity is pinned), or
whose name sounds like production. Never inside a workflow on GitHub. No option overrides that.

The database itself stays, with its extensions, settings, default privileges, and the owners and
rights of its schemas and tables. Schemas that the history does not use are left alone. Killed at
any moment, run it again: it does what is left.

Exit codes: 0 reset; 2 not allowed, the name not typed, or a hook that failed afterwards; 3 a gate
is closed; 4 PostgreSQL refused, or others use it; 6 it is another target's database.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import click

from bot.commands.session import Session, format_option, generate_option, pass_session
from bot.core.resets.refusing import refusal_by_kind
from bot.core.targets.hooks import Wishes
from bot.core.targets.target import Target
from bot.errors import ExitCode, UsageError
from bot.flows.resetting.procedure import Reset, ResetPlan, carry_out, plan_reset
from bot.flows.targets.hooking import require_run, seed_of, wishes_for
from bot.report.formats.as_json import apply_json, dumps
from bot.report.formats.development_as_json import development_json
from bot.report.formats.reset_as_json import reset_json
from bot.report.terminal.development import development_text
from bot.report.terminal.reset import given_back_text, reset_plan_text
from bot.report.terminal.rollout import outcome_text
from bot.world import World


@dataclass(frozen=True)
class Agreement:
    """`yes` says that nobody is to be asked; else `ask` asks, if somebody is there to answer."""

    yes: bool = False
    ask: Callable[[str], str] | None = None


def run(
    world: World,
    name: str,
    agreement: Agreement,
    *,
    form: str = "text",
    generate: bool | None = None,
    seed: bool | None = None,
    worlds: tuple[World, ...] = (),
) -> ExitCode:
    target = world.settings.target(name)
    if (refused := refusal_by_kind(target, world.environ)) is not None:
        raise refused
    wishes = _wishes(target, world, generate=generate, seed=seed)
    plan = plan_reset(target, wishes, world, worlds or (world,))
    page = world.console.page
    told = reset_plan_text(
        name,
        plan.scene,
        plan.clearing,
        plan.migrations,
        wishes,
        width=page.width,
        colour=page.colour,
    )
    world.console.say(told)
    _require_agreement(plan, agreement)
    done = carry_out(plan, world)
    _show(done, form, world)
    require_run(done.hooks, target)
    return ExitCode.FINE


def _wishes(target: Target, world: World, *, generate: bool | None, seed: bool | None) -> Wishes:
    """It is seeded unless somebody says no, or there is nothing to do it with."""
    wanted = seed_of(world) is not None if seed is None else seed
    return wishes_for(target, world, generate=generate, seed=wanted)


def _require_agreement(plan: ResetPlan, agreement: Agreement) -> None:
    """Raises UsageError unless the very name was typed."""
    if agreement.yes:
        return
    name, typed = plan.target.name, None
    if agreement.ask is not None:
        typed = agreement.ask(f"Type the name of the target to reset it ({name})")
    if typed == name:
        return
    said = "Nobody has typed" if typed is None else f"{typed!r} was typed, and not"
    done = "Nothing was changed." if plan.created is None else "Nothing was applied."
    raise UsageError(
        f"{said} the name of the target, {name}. {done}",
        hint="Where nobody can be asked, add `--yes`.",
    )


def _show(done: Reset, form: str, world: World) -> None:
    plan, page = done.plan, world.console.page
    if form == "json":
        shown = {
            **apply_json(done.progress),
            **development_json(plan.created, done.hooks),
            "reset": reset_json(plan.scene, plan.clearing, done.rights, done.refused),
        }
        world.console.show(dumps(shown))
        return
    width, colour = page.width, page.colour
    world.console.show(
        outcome_text(done.progress, width=width, colour=colour)
        + given_back_text(done.rights, done.refused, width=width, colour=colour)
        + development_text(plan.created, done.hooks, width=width, colour=colour)
    )


@click.command(help=__doc__)
@click.argument("target")
@click.option("--yes", is_flag=True, help="Do not ask for the name to be typed out.")
@click.option(
    "--seed/--no-seed", default=None, help="Fill it afterwards, or do not; it is by default."
)
@generate_option
@format_option("text", "json")
@pass_session
def command(
    session: Session,
    target: str,
    yes: bool,
    seed: bool | None,
    generate: bool | None,
    form: str,
) -> ExitCode:
    return run(
        session.world_of(target),
        target,
        Agreement(yes, _ask if sys.stdin.isatty() else None),
        form=form,
        generate=generate,
        seed=seed,
        worlds=tuple(session.every_world),
    )


def _ask(question: str) -> str:
    answer: str = click.prompt(question, err=True, default="", show_default=False)
    return answer.strip()
