"""What a target asks of backups."""

from dataclasses import dataclass
from datetime import timedelta

KEEP = timedelta(days=14)


@dataclass(frozen=True)
class BackupPolicy:
    """Whether a backup is taken and proved before a rollout, and how it is kept.

    `directory` is a path on the machine that runs the bot; relative paths start at the checkout.
    `store` is where backups end up, None for that very directory. `encrypt_to` are public keys, or
    paths of files with some; `plain_because` says why none is needed in a store that is not this
    machine's. What is older than `keep` may be pruned.
    """

    required: bool = False
    directory: str = ".migration-bot/backups"
    store: str | None = None
    encrypt_to: tuple[str, ...] = ()
    plain_because: str = ""
    keep: timedelta = KEEP

    @property
    def in_place(self) -> bool:
        """Whether backups stay where they are dumped, as they are."""
        return self.store is None and not self.encrypt_to
