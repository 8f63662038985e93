"""The commands of a project: run in its checkout, in an environment without secrets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.core.redact import is_secret
from bot.core.targets.hooks import Command, HookName
from bot.core.targets.target import Target
from bot.core.targets.url import environment_without_libpq
from bot.wiring.databases import text_of
from bot.wiring.secrets import is_named_secret

# What Prisma's own examples call it.
USUAL = "DATABASE_URL"
# A configuration of Prisma's wants one to be set also where nothing connects to it.
NOWHERE = "postgresql://nobody@nowhere.invalid:5432/none"
# What a later step of a job would read.
_OF_THE_JOB = ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")


@dataclass(frozen=True)
class HookRunner:
    """See world.HookRunner."""

    environ: Mapping[str, str]
    root: Path

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
        from bot.adapters.hooks import Listener, run_hook

        run_hook(
            name,
            command.words,
            place=self.root,
            environ=environment_for(target, self.environ),
            seconds=seconds,
            listener=Listener(line, going),
        )


def environment_for(target: Target | None, environ: Mapping[str, str]) -> Mapping[str, str]:
    """This process's environment without its secrets, and with the one that is to be known."""
    plain = {
        name: value
        for name, value in environment_without_libpq(environ).items()
        if not is_named_secret(name) and not is_secret(name, value) and name not in _OF_THE_JOB
    }
    if target is None:
        return {**plain, USUAL: NOWHERE}
    text = text_of(target, environ)
    return {**plain, target.url_env: text, USUAL: text}
