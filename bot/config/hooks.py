"""The part of the configuration about hooks: what is run for the project after a rollout."""

import shlex
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from bot.config.parts import StrictModel
from bot.core.targets.hooks import Command, Hooks, Script

Word = Annotated[str, Field(min_length=1)]
Line = Annotated[str, Field(min_length=1)]
_SCRIPT = ".sql"
# What only a shell would understand, where it stands as a word of its own.
_FOR_A_SHELL = frozenset({"&&", "||", "|", ";", "&", ">", ">>", "<", "2>&1"})


class HooksFile(StrictModel):
    """What is run in the checkout after a rollout to a development target. A command is a list of
    words or a line of them, and is run without a shell; it sees no secret. Staging and production
    run none, but for `generate` where `apply --generate` asks for it."""

    generate: list[Word] | Line | None = Field(
        default=None,
        description="The command that generates the client, such as `npx prisma generate`. Run "
        "after every `apply` and `reset` of a development target; nothing if absent.",
    )
    seed: list[Word] | Line | None = Field(
        default=None,
        description="What fills a development database for `--seed` and `reset`: a script below "
        "the checkout's top that ends in `.sql`, which is sent to the database as it is, or a "
        "command, which finds the connection string in `DATABASE_URL` and in the variable of the "
        "target. If absent, the script of `rehearsal.seed` where there is one.",
    )
    seconds: int = Field(
        default=Hooks().seconds,
        ge=1,
        le=86_400,
        description="How long each may take before it is ended.",
    )


def hooks_of(file: HooksFile) -> Hooks:
    words = _words(file.seed)
    is_script = len(words) == 1 and words[0].endswith(_SCRIPT)
    return Hooks(
        generate=_command(_words(file.generate)),
        seed=Script(words[0]) if is_script else _command(words),
        seconds=file.seconds,
    )


def hook_mistakes(file: HooksFile) -> Iterator[str]:
    """What no type can say, each with its place in the file."""
    for key, said in (("generate", file.generate), ("seed", file.seed)):
        if said is None:
            continue
        try:
            words = _words(said)
        except ValueError as error:
            yield f"hooks.{key}: it cannot be cut into words: {str(error).lower()}"
            continue
        if not words:
            yield f"hooks.{key}: it names no command"
        for word in words:
            if "\0" in word:
                yield f"hooks.{key}: it has a zero byte in it"
        for word in dict.fromkeys(each for each in words if each in _FOR_A_SHELL):
            yield (
                f"hooks.{key}: {word} is for a shell, and there is none; name a script of yours, "
                "such as [npm, run, NAME]"
            )


def _command(words: tuple[str, ...]) -> Command | None:
    return Command(words) if words else None


def _words(said: list[str] | str | None) -> tuple[str, ...]:
    """Raises ValueError for a quote that is never closed."""
    if said is None:
        return ()
    return tuple(shlex.split(said) if isinstance(said, str) else said)
