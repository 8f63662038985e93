"""A target's part of the configuration about what migrations destroy, and how it is kept."""

from pydantic import Field

from bot.config.parts import Bytes, Milliseconds, StrictModel
from bot.core.kept.policy import KeepPolicy
from bot.core.rehearsals.sizes import bytes_of


class KeepFile(StrictModel):
    """How rows and values that a migration destroys are kept in the database itself."""

    budget: Bytes = Field(
        default="1 GB",
        description="How much all kept rows of the target may take. What would go beyond it is not "
        "kept, and the rollout says so.",
    )
    days: int = Field(
        default=KeepPolicy().days,
        ge=1,
        le=3650,
        description="How long they stay. The first rollout after that deletes them.",
    )
    hold: Milliseconds = Field(
        default=KeepPolicy().hold,
        description="Milliseconds a table that stays in use may be locked longer for the copy, as "
        "far as can be said before.",
    )


def keep_policy_of(file: KeepFile | bool | None) -> KeepPolicy | bool | None:
    if not isinstance(file, KeepFile):
        return file
    return KeepPolicy(budget=bytes_of(file.budget), days=file.days, hold=file.hold)
