"""The part of the configuration about drift: what becomes of a rollout, and what counts."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from bot.config.parts import StrictModel
from bot.core.drift.policy import DriftMode, DriftPolicy, pattern_mistakes

Mode = Literal["refuse", "report", "off"]


def _off_without_quotes(value: Any) -> Any:
    """YAML takes `off` for false."""
    return "off" if value is False else value


Weight = Annotated[Mode, BeforeValidator(_off_without_quotes)]


class DriftFile(StrictModel):
    """What to do before a rollout when the schema is not what the applied migrations make, and what
    counts. A word alone stands for `mode`."""

    mode: Annotated[Mode | None, BeforeValidator(_off_without_quotes)] = Field(
        default=None,
        description="Production refuses unless said otherwise, staging reports, development does "
        "not look. `migration-bot drift` looks in any case.",
    )
    ignore: list[Annotated[str, Field(min_length=1, max_length=500)]] = Field(
        default=[],
        description="What nobody looks at, each a kind and a name such as `table public.legacy_*`, "
        "with all that belongs to it, or `kind:comment`.",
    )
    owners: Weight = Field(
        default="report",
        description="What to do about objects that belong to another role than the rest.",
    )
    grants: Weight = Field(
        default="report", description="What to do about rights that no migration gives or takes."
    )
    comments: Weight = Field(default="report", description="What to do about comments.")
    tuning: Weight = Field(
        default="report",
        description="What to do about storage parameters, statistics, the order of columns, and "
        "extensions and publications that are there besides.",
    )


def _spelled_out(value: Any) -> Any:
    """A word alone is the mode."""
    if value is False:
        return {"mode": "off"}
    return {"mode": value} if isinstance(value, str) else value


Drift = Annotated[DriftFile, BeforeValidator(_spelled_out, json_schema_input_type=Mode | DriftFile)]


def drift_mode_of(file: DriftFile) -> DriftMode | None:
    return DriftMode(file.mode) if file.mode else None


def drift_policy_of(file: DriftFile) -> DriftPolicy:
    return DriftPolicy(
        ignore=tuple(file.ignore),
        owners=DriftMode(file.owners),
        grants=DriftMode(file.grants),
        comments=DriftMode(file.comments),
        tuning=DriftMode(file.tuning),
    )


def drift_mistakes(place: str, file: DriftFile) -> Iterator[str]:
    """What no type can say; `place` is where it stands in the configuration."""
    yield from (f"{place}.ignore: {each}" for each in pattern_mistakes(file.ignore))
