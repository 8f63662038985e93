"""The configuration file: read once, checked whole, turned into core values.

Every mistake is reported at once, each with its place in the file; an unknown key is refused with
the nearest known one. The file holds no secret, only names of environment variables.
"""

from collections.abc import Collection, Iterator
from typing import Any, TypeVar

import yaml
from pydantic import Field, ValidationError

from bot.config.commands import CommandsFile, allowed_by
from bot.config.faces import LabelsChoice, faces_of
from bot.config.hooks import HooksFile, hook_mistakes, hooks_of
from bot.config.notify import NotifyFile, notify_mistakes, sinks_of
from bot.config.parts import Bytes, StrictModel, keys_at, nearest
from bot.config.rehearsal import RehearsalFile, rehearsal_mistakes, rehearsal_settings
from bot.config.rules import RuleChoices, RuleEntry, chosen
from bot.config.targets import TargetFile, target_mistakes, target_of
from bot.core.findings.rule import Rule
from bot.core.rehearsals.sizes import Thresholds, bytes_of
from bot.core.settings import (
    CONFIG_PATH,
    DEFAULT_FOLDER,
    NEWEST_POSTGRES,
    OLDEST_POSTGRES,
    Settings,
    default_targets,
)
from bot.errors import UsageError


class StatsFile(StrictModel):
    """How findings follow the size of the tables they are about."""

    file: str | None = Field(
        default=None,
        min_length=1,
        description="What `migration-bot stats TARGET --output FILE` wrote, below the checkout's "
        "top. On a pull request it is read from the base branch.",
    )
    small: Bytes = Field(
        default="1 MB", description="Making others wait for a smaller table is a notice."
    )
    large: Bytes = Field(
        default="500 MB",
        description="Going through as much while others wait is an error.",
    )


class ConfigFile(StrictModel):
    """The configuration of migration-bot. Every key has a default that works."""

    migrations: str = Field(default=DEFAULT_FOLDER, description="The Prisma migrations folder.")
    postgres: int = Field(
        default=NEWEST_POSTGRES,
        ge=OLDEST_POSTGRES,
        le=NEWEST_POSTGRES,
        description="The major version of PostgreSQL that statements are judged for.",
    )
    prisma: str | None = Field(
        default=None,
        description="The Prisma version in use, such as '6.19'; judged strictly if absent.",
    )
    targets: dict[str, TargetFile] | None = None
    stats: StatsFile = Field(default_factory=StatsFile)
    rehearsal: RehearsalFile = Field(default_factory=RehearsalFile)
    notify: list[NotifyFile] = Field(
        default=[], description="Who is told of rollouts besides GitHub; nobody if empty."
    )
    hooks: HooksFile = Field(default_factory=HooksFile)
    commands: CommandsFile = Field(default_factory=CommandsFile)
    rules: dict[str, RuleEntry] = Field(
        default={},
        description="By rule: a severity, where 'off' silences it, or the keys below.",
    )
    labels: LabelsChoice = Field(
        default=True,
        description="Whether a pull request is labelled by how much its migrations put at stake; "
        "or the key below.",
    )
    request_reviewers: bool = Field(
        default=True,
        description="Whether those whom a target's approvals name are asked for a review.",
    )
    baseline: str | None = Field(
        default=None,
        min_length=1,
        description="The last migration of a history that was there before the bot. It and all "
        "before it are replayed and never judged, not even by `check --all`.",
    )


File = TypeVar("File", bound=ConfigFile)


def read_settings(text: str, *, path: str, rules: Collection[Rule] = ()) -> Settings:
    """Turn a file's text into Settings; `rules` are those that exist, empty to accept any.

    Raises UsageError that lists every mistake.
    """
    parsed = checked(load(text, path), ConfigFile, path)
    settings, mistakes = settings_of(parsed, rules)
    if settings is None:
        raise mistakes_in(path, mistakes)
    return settings


def checked(loaded: Any, model: type[File], path: str) -> File:
    """What was loaded, as the model has it. Raises UsageError that lists every mistake."""
    try:
        return model.model_validate(loaded)
    except ValidationError as error:
        raise mistakes_in(path, list(_explain(error, model))) from None


def settings_of(
    parsed: ConfigFile, rules: Collection[Rule] = ()
) -> tuple[Settings | None, list[str]]:
    """The settings, or None and what is wrong with keys that are right each by itself."""
    choices, mistakes = chosen(parsed.rules, rules)
    mistakes += [*target_mistakes(parsed.targets or {}), *_stats_mistakes(parsed.stats)]
    known = default_targets() if parsed.targets is None else parsed.targets
    mistakes += rehearsal_mistakes(parsed.rehearsal, known)
    mistakes += notify_mistakes(parsed.notify, known)
    mistakes += hook_mistakes(parsed.hooks)
    return (None if mistakes else _settings(parsed, choices)), mistakes


def load(text: str, path: str) -> Any:
    """The file's YAML; an empty file is an empty mapping. Raises UsageError."""
    try:
        loaded = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise UsageError(
            f"{path} is not YAML{place}: {problem}.", hint="Mend the file and try again."
        ) from None
    except (RecursionError, ValueError):
        raise UsageError(
            f"{path} is nested too deeply, or holds a value that YAML cannot read.",
            hint=f"A plain {CONFIG_PATH} has three levels; mend the file and try again.",
        ) from None
    return {} if loaded is None else loaded


def mistakes_in(path: str, mistakes: list[str]) -> UsageError:
    listed = "\n".join(f"  - {mistake}" for mistake in mistakes)
    count = "a mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
    return UsageError(
        f"{path} has {count}:\n{listed}",
        hint="Mend the file; docs/reference/configuration.md describes every key.",
    )


def _explain(error: ValidationError, model: type[ConfigFile]) -> Iterator[str]:
    for each in error.errors(include_url=False, include_input=False):
        place = ".".join(str(part) for part in each["loc"]) or "the file"
        if each["type"] == "extra_forbidden":
            known = keys_at(model, each["loc"])
            yield f"unknown key {place}{nearest(str(each['loc'][-1]), known)}"
        else:
            said = "should be a mapping of keys" if each["type"] == "model_type" else each["msg"]
            said = said.removeprefix("Value error, ")
            yield f"{place}: {said[:1].lower()}{said[1:]}"


def _stats_mistakes(stats: StatsFile) -> Iterator[str]:
    if bytes_of(stats.small) > bytes_of(stats.large):
        yield f"stats.small: {stats.small} is more than stats.large, {stats.large}"


def _settings(parsed: ConfigFile, choices: RuleChoices) -> Settings:
    targets = default_targets()
    if parsed.targets is not None:
        targets = {name: target_of(name, file) for name, file in parsed.targets.items()}
    return Settings(
        folder=parsed.migrations.strip("/") or DEFAULT_FOLDER,
        targets=targets,
        severities=choices.severities,
        postgres=parsed.postgres,
        prisma=parsed.prisma,
        exclusions=choices.exclusions,
        options=choices.options,
        baseline=parsed.baseline,
        sizes_file=parsed.stats.file,
        rehearsal=rehearsal_settings(parsed.rehearsal),
        notify=sinks_of(parsed.notify),
        faces=faces_of(parsed.labels, parsed.request_reviewers),
        commands=allowed_by(parsed.commands),
        hooks=hooks_of(parsed.hooks),
        thresholds=Thresholds(bytes_of(parsed.stats.small), bytes_of(parsed.stats.large)),
    )
