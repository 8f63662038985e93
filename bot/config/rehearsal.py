"""The rehearsal's part of the configuration: on which rows, and within which limits."""

from collections.abc import Collection, Iterator
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from bot.config.parts import Bytes, StrictModel
from bot.core.rehearsals.rehearsal import DataKind
from bot.core.rehearsals.rehearsal_order import Limits
from bot.core.rehearsals.sizes import bytes_of
from bot.core.settings import RehearsalSettings

Seconds = Annotated[int, Field(ge=1, le=86_400)]
RoleName = Annotated[str, Field(min_length=1, max_length=63)]
LEAST_MEMORY = "300 MB"
LEAST_DISK = "100 MB"


class RehearsalFile(StrictModel):
    """How new migrations are run on a throw-away server before anybody approves them."""

    enabled: bool = Field(
        default=True, description="Whether a check rehearses; `migration-bot rehearse` always does."
    )
    data: Annotated[
        Literal["none", "seed", "synthetic", "backup"],
        BeforeValidator(lambda value: "none" if value is None else value),
    ] = Field(
        default="none",
        description="Which rows the migrations meet: none, those of the seed script, rows made up "
        "to the sizes in `stats.file`, or a backup of a target. A backup has to be on the machine; "
        "its rows are real, so a pull request from a fork is never rehearsed on one.",
    )
    seed: str = Field(
        default=RehearsalSettings().seed,
        min_length=1,
        description="The seed script, SQL, below the checkout's top. On a pull request it is read "
        "from the base branch.",
    )
    budget: Bytes = Field(
        default="20 MB",
        description="How much may be made up with `data: synthetic`. A table of which that leaves "
        "less than 1 MB has no estimates.",
    )
    target: str | None = Field(
        default=None, description="The target whose newest backup is used with `data: backup`."
    )
    roles: list[RoleName] = Field(
        default=[],
        description="Roles to have ready, besides those that the history gives something to.",
    )
    statement_seconds: Seconds = Field(default=60, description="How long a statement may take.")
    seconds: Seconds = Field(default=600, description="How long everything may take.")
    memory: Bytes = Field(
        default="1 GB", description="How much memory a process of the server may have."
    )
    disk: Bytes = Field(default="2 GB", description="How much disk the server may have.")


def rehearsal_settings(parsed: RehearsalFile) -> RehearsalSettings:
    return RehearsalSettings(
        enabled=parsed.enabled,
        data=DataKind(parsed.data),
        seed=parsed.seed,
        budget=bytes_of(parsed.budget),
        target=parsed.target,
        roles=tuple(parsed.roles),
        limits=Limits(
            statement=parsed.statement_seconds,
            total=parsed.seconds,
            memory=bytes_of(parsed.memory),
            disk=bytes_of(parsed.disk),
        ),
    )


def rehearsal_mistakes(parsed: RehearsalFile, targets: Collection[str]) -> Iterator[str]:
    if parsed.target is not None and parsed.target not in targets:
        yield f"rehearsal.target: there is no target {parsed.target}"
    if parsed.data == "backup" and parsed.target is None:
        yield "rehearsal.data: backup needs rehearsal.target, the target whose backup it is"
    for key, least in (("memory", LEAST_MEMORY), ("disk", LEAST_DISK)):
        if bytes_of(getattr(parsed, key)) < bytes_of(least):
            yield f"rehearsal.{key}: a server does not start with less than {least}"
