"""The part of the configuration about backups: how they are taken, proved and kept."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.config.gates import Duration, span_of
from bot.config.source_values import source_mistakes, sourced
from bot.config.sources import SourceFile
from bot.core.backups.location import location_of
from bot.core.backups.policy import BackupPolicy
from bot.core.backups.recipients import wrong_with


def _store(text: str) -> str:
    location_of(text)
    return text


def _recipient(text: str) -> str:
    wrong = wrong_with(text)
    if wrong:
        raise ValueError(wrong)
    return text


Store = Annotated[str, Field(min_length=1), AfterValidator(_store)]
Recipient = Annotated[str, Field(min_length=1), AfterValidator(_recipient)]


class BackupFile(SourceFile):
    """Where the backups of a target are kept."""

    directory: str = Field(
        default=BackupPolicy().directory,
        description="A directory on the machine that runs the bot; relative to the checkout. "
        "Backups are prepared in it, and stay there unless `store` names another place.",
    )
    store: Store | None = Field(
        default=None,
        description="Where backups are kept, if not in `directory`: another directory, or "
        "'s3://bucket/prefix', 'gs://bucket/prefix' or 'az://container/prefix'. Credentials come "
        "from the environment.",
    )
    encrypt_to: list[Recipient] = Field(
        default=[],
        description="Public keys that backups are encrypted to, such as 'age1…', 'ssh-ed25519 …' "
        "or 'ssh-rsa …', or the path of a file of them below the checkout's top. **Required** with "
        "a store that is not a directory, unless `plain_because` is given.",
    )
    plain_because: str | None = Field(
        default=None,
        min_length=1,
        description="Why backups in a store that is not a directory need no encryption.",
    )
    keep: Duration = Field(
        default="14d",
        description="How old a backup is when `migration-bot backups prune TARGET` may remove it, "
        "such as '14d'. The last that was proved stays, and so does what a rollout needs.",
    )
    required: bool | None = Field(
        default=None,
        description="Whether a proved backup must precede a rollout. Production always needs one.",
    )


def backup_policy_of(file: BackupFile, *, production: bool) -> BackupPolicy:
    policy = BackupPolicy(
        required=production if file.required is None else file.required,
        directory=file.directory,
        store=file.store,
        encrypt_to=tuple(file.encrypt_to),
        plain_because=file.plain_because or "",
        keep=span_of(file.keep),
    )
    return sourced(policy, file, production=production)


def backup_mistakes(place: str, file: BackupFile, *, production: bool) -> Iterator[str]:
    """What no type can say; `place` is where it stands in the configuration."""
    if production and file.required is False:
        yield f"{place}.required: production is never changed without a backup"
    remote = file.store is not None and location_of(file.store).remote
    if remote and not file.encrypt_to and file.plain_because is None:
        yield (
            f"{place}.encrypt_to: others read in {file.store}; name public keys, or say in "
            "`plain_because` why none are needed"
        )
    if file.encrypt_to and file.plain_because is not None:
        yield f"{place}.plain_because: the backups are encrypted"
    yield from source_mistakes(place, file, production=production)
