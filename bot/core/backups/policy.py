"""What a target asks of backups."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BackupPolicy:
    """Whether a backup is taken and proved before a rollout, and where it is kept.

    `directory` is a path on the machine that runs the bot; relative paths start at the checkout.
    """

    required: bool = False
    directory: str = ".migration-bot/backups"
