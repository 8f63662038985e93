"""The configuration file: read once, checked whole, turned into core values.

Every mistake is reported at once, each with its place in the file; an unknown key is refused with
the nearest known one. The file holds no secret, only names of environment variables.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from bot.config_fleet import FleetFile, WaveFile, fleet_mistakes, fleet_of
from bot.config_rehearsal import RehearsalFile, rehearsal_mistakes, rehearsal_settings
from bot.config_rules import (
    ExcludeFile,
    RuleChoices,
    RuleEntry,
    RuleFile,
    StrictModel,
    chosen,
    nearest,
)
from bot.config_targets import (
    Bytes,
    EnvironmentName,
    IdentityFile,
    Milliseconds,
    ReplicasFile,
    pin,
    replica_policy,
)
from bot.core.rule import Rule
from bot.core.settings import (
    CONFIG_PATH,
    DEFAULT_FOLDER,
    NEWEST_POSTGRES,
    OLDEST_POSTGRES,
    Settings,
    default_targets,
)
from bot.core.sizes import Thresholds, bytes_of
from bot.core.target import BackupPolicy, DriftMode, Kind, Target, Verification
from bot.errors import UsageError

Query = Annotated[str, Field(min_length=1)]
Path = Annotated[str, Field(min_length=1)]


def _off_without_quotes(value: Any) -> Any:
    """YAML takes `off` for false."""
    return "off" if value is False else value


class BackupFile(StrictModel):
    """Where the backups of a target are kept."""

    directory: str = Field(
        default=BackupPolicy().directory,
        description="A directory on the machine that runs the bot; relative to the checkout.",
    )
    required: bool | None = Field(
        default=None,
        description="Whether a proved backup must precede a rollout. Production always needs one.",
    )


class TargetFile(StrictModel):
    """A database the bot may roll out to."""

    kind: Literal["development", "staging", "production"]
    url_env: EnvironmentName | None = Field(
        default=None,
        description="The environment variable that holds the connection string. **Required**, "
        "unless `fleet.urls_env` is given.",
    )
    direct_url_env: EnvironmentName | None = Field(
        default=None,
        description="The environment variable with a connection string that leads past a pooler, "
        "to the server itself: Prisma's directUrl. Where it is set it is used for everything.",
    )
    identity: IdentityFile = Field(default_factory=IdentityFile)
    replicas: ReplicasFile = Field(default_factory=ReplicasFile)
    rewrite_limit: Bytes | None = Field(
        default=None,
        description="How much disk a rollout may need for tables that are written anew, with "
        "their indexes and write-ahead log, such as '20 GB'; more is refused. PostgreSQL cannot "
        "say how much is free, so it is for you to say.",
    )
    after: str | None = Field(
        default=None, description="The target that must have applied the same text first."
    )
    approvals: int | None = Field(
        default=None,
        ge=0,
        le=20,
        description="How many people other than the author must have approved exactly this text. "
        "Production needs 1 unless said otherwise.",
    )
    approvers: list[str] = Field(
        default=[], description="GitHub logins; if given, only their approvals count."
    )
    lock_timeout: Milliseconds = Field(
        default=100,
        ge=1,
        description="Milliseconds a statement may wait for a lock before it steps back.",
    )
    lock_budget: Milliseconds = Field(
        default=600_000, description="Milliseconds to go on trying to get locks before giving up."
    )
    lock_wait: int = Field(
        default=60,
        ge=0,
        le=86_400,
        description="Seconds to wait for the migration lock while another rollout holds it.",
    )
    statement_timeout: Milliseconds = Field(
        default=0, description="Milliseconds a statement may run; 0 means no limit."
    )
    batch_budget: Milliseconds = Field(
        default=0,
        description="Milliseconds that the batches of a statement may take in one run; they stop "
        "at a checkpoint then, and the next run goes on. 0 means no limit.",
    )
    backup: BackupFile = Field(default_factory=BackupFile)
    fleet: FleetFile | None = None
    drift: Annotated[
        Literal["refuse", "report", "off"] | None, BeforeValidator(_off_without_quotes)
    ] = Field(
        default=None,
        description="What to do before a rollout when the schema is not what the applied "
        "migrations make. Production refuses unless said otherwise, staging reports, development "
        "does not look.",
    )
    verify: list[Query] | Path = Field(
        default=[],
        description="Queries to ask after a rollout, or the path of a script of them below the "
        "checkout's top. Each must give rows, and in them nothing but true.",
    )
    verify_timeout: Milliseconds = Field(
        default=Verification().timeout,
        description="Milliseconds each of those queries may take; 0 means no limit.",
    )


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
    rules: dict[str, RuleEntry] = Field(
        default={},
        description="By rule: a severity, where 'off' silences it, or the keys below.",
    )
    baseline: str | None = Field(
        default=None,
        min_length=1,
        description="The last migration of a history that was there before the bot. It and all "
        "before it are replayed and never judged, not even by `check --all`.",
    )


def read_settings(text: str, *, path: str, rules: Collection[Rule] = ()) -> Settings:
    """Turn a file's text into Settings; `rules` are those that exist, empty to accept any.

    Raises UsageError that lists every mistake.
    """
    loaded = _load(text, path)
    try:
        parsed = ConfigFile.model_validate(loaded)
    except ValidationError as error:
        raise _mistakes(path, list(_explain(error))) from None
    choices, mistakes = chosen(parsed.rules, rules)
    mistakes += [*_target_mistakes(parsed), *_stats_mistakes(parsed.stats)]
    known = default_targets() if parsed.targets is None else parsed.targets
    mistakes += rehearsal_mistakes(parsed.rehearsal, known)
    if mistakes:
        raise _mistakes(path, mistakes)
    return _settings(parsed, choices)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the file, for editors."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | (
        ConfigFile.model_json_schema()
    )


def _load(text: str, path: str) -> Any:
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


def _mistakes(path: str, mistakes: list[str]) -> UsageError:
    listed = "\n".join(f"  - {mistake}" for mistake in mistakes)
    count = "a mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
    return UsageError(
        f"{path} has {count}:\n{listed}",
        hint="Mend the file; docs/reference/configuration.md describes every key.",
    )


def _explain(error: ValidationError) -> Iterator[str]:
    for each in error.errors(include_url=False, include_input=False):
        place = ".".join(str(part) for part in each["loc"]) or "the file"
        if each["type"] == "extra_forbidden":
            yield f"unknown key {place}{_nearest(each['loc'])}"
        else:
            said = "should be a mapping of keys" if each["type"] == "model_type" else each["msg"]
            yield f"{place}: {said[:1].lower()}{said[1:]}"


def _nearest(place: tuple[int | str, ...]) -> str:
    model: type[BaseModel] = ConfigFile
    if len(place) > 2 and place[0] == "targets":
        model = _nearest_of_target(place)
    if len(place) > 2 and place[0] == "rules":
        model = ExcludeFile if len(place) > 3 else RuleFile
    parts: dict[int | str, type[BaseModel]] = {"stats": StatsFile, "rehearsal": RehearsalFile}
    if len(place) > 1:
        model = parts.get(place[0], model)
    return nearest(str(place[-1]), model.model_fields)


_TARGET_PARTS: dict[int | str, type[BaseModel]] = {
    "backup": BackupFile,
    "fleet": FleetFile,
    "identity": IdentityFile,
    "replicas": ReplicasFile,
}


def _nearest_of_target(place: tuple[int | str, ...]) -> type[BaseModel]:
    if len(place) > 4 and place[2:4] == ("fleet", "waves"):
        return WaveFile
    return _TARGET_PARTS.get(place[2], TargetFile) if len(place) > 3 else TargetFile


def _target_mistakes(parsed: ConfigFile) -> Iterator[str]:
    targets = parsed.targets or {}
    for name, target in targets.items():
        if target.after is not None and target.after not in targets:
            yield f"targets.{name}.after: there is no target {target.after}"
        if name in _chain(name, targets):
            yield f"targets.{name}.after: the order goes round in a circle"
        if target.kind == "production" and target.backup.required is False:
            yield f"targets.{name}.backup.required: production is never changed without a backup"
        if target.fleet is not None:
            yield from fleet_mistakes(f"targets.{name}.fleet", target.fleet, target.url_env)
        elif target.url_env is None:
            yield f"targets.{name}.url_env: field required"


def _stats_mistakes(stats: StatsFile) -> Iterator[str]:
    if bytes_of(stats.small) > bytes_of(stats.large):
        yield f"stats.small: {stats.small} is more than stats.large, {stats.large}"


def _chain(name: str, targets: Mapping[str, TargetFile]) -> list[str]:
    """The targets that come before one, following `after`; each at most once."""
    chain: list[str] = []
    after = targets[name].after
    while after is not None and after in targets and after not in chain:
        chain.append(after)
        after = targets[after].after
    return chain


def _settings(parsed: ConfigFile, choices: RuleChoices) -> Settings:
    targets = default_targets()
    if parsed.targets is not None:
        targets = {name: _target(name, file) for name, file in parsed.targets.items()}
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
        thresholds=Thresholds(bytes_of(parsed.stats.small), bytes_of(parsed.stats.large)),
    )


def _target(name: str, file: TargetFile) -> Target:
    kind = Kind(file.kind)
    production = kind is Kind.PRODUCTION
    required = file.backup.required
    fleet = fleet_of(file.fleet) if file.fleet else None
    listed = fleet.source.urls_env if fleet else None
    return Target(
        name=name,
        kind=kind,
        url_env=listed or file.url_env or "",
        after=file.after,
        approvals=int(production) if file.approvals is None else file.approvals,
        approvers=tuple(file.approvers),
        lock_timeout=file.lock_timeout,
        lock_budget=file.lock_budget,
        lock_wait=file.lock_wait,
        statement_timeout=file.statement_timeout,
        direct_url_env=file.direct_url_env,
        identity=pin(file.identity),
        replicas=replica_policy(file.replicas),
        rewrite_limit=bytes_of(file.rewrite_limit) if file.rewrite_limit else None,
        batch_budget=file.batch_budget,
        backup=BackupPolicy(
            required=production if required is None else required,
            directory=file.backup.directory,
        ),
        fleet=fleet,
        drift=DriftMode(file.drift) if file.drift else None,
        verify=_verification(file),
    )


def _verification(file: TargetFile) -> Verification:
    if isinstance(file.verify, str):
        return Verification(file=file.verify, timeout=file.verify_timeout)
    return Verification(queries=tuple(file.verify), timeout=file.verify_timeout)
