"""Answers a shell that asks what may come next. Whatever is wrong, the prompt stays clean."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.adapters.nearby import Nearby
from bot.completing import VARIABLE
from bot.completing.proposals import Proposals
from bot.completing.shells import PROGRAM, answered
from bot.completing.words import Defaults, command_of, made_words


def complete(environ: Mapping[str, str] = os.environ) -> int:
    """Prints what the shell named in the environment may go on with."""
    shell = environ[VARIABLE].removesuffix("_complete")
    with suppress(Exception):
        words = made_words()
        proposals = Proposals(
            lambda options: _nearby(words.defaults, options, environ), words.rules
        )
        said = answered(shell, command_of(PROGRAM, words.command, proposals))
        sys.stdout.write(f"{said}\n")
        sys.stdout.flush()
    return 0


def _nearby(usual: Defaults, options: Mapping[str, Any], environ: Mapping[str, str]) -> Nearby:
    def said(option: str) -> str | None:
        return options.get(option) or environ.get(f"MIGRATION_BOT_{option.upper()}")

    return Nearby(
        Path.cwd(),
        usual_configuration=usual.configuration,
        usual_folder=usual.folder,
        usual_targets=usual.targets,
        usual_backups=usual.backups,
        configuration=said("config"),
        folder=said("migrations"),
        database=said("database"),
    )
