"""The part of the configuration about backups: how they are taken, proved and kept."""

from collections.abc import Iterator

from pydantic import Field

from bot.config.sources import SourceFile, source_mistakes, sourced
from bot.core.backups.policy import BackupPolicy


class BackupFile(SourceFile):
    """Where the backups of a target are kept."""

    directory: str = Field(
        default=BackupPolicy().directory,
        description="A directory on the machine that runs the bot; relative to the checkout.",
    )
    required: bool | None = Field(
        default=None,
        description="Whether a proved backup must precede a rollout. Production always needs one.",
    )


def backup_policy_of(file: BackupFile, *, production: bool) -> BackupPolicy:
    policy = BackupPolicy(
        required=production if file.required is None else file.required,
        directory=file.directory,
    )
    return sourced(policy, file, production=production)


def backup_mistakes(place: str, file: BackupFile, *, production: bool) -> Iterator[str]:
    """What no type can say; `place` is where it stands in the configuration."""
    if production and file.required is False:
        yield f"{place}.required: production is never changed without a backup"
    yield from source_mistakes(place, file, production=production)
