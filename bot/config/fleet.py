"""A fleet's part of the configuration: where its tenants are listed, in which waves, how fast."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Annotated

from pydantic import BeforeValidator, Field

from bot.config.parts import EnvironmentName, StrictModel
from bot.core.targets.fleet import (
    DEFAULT_PARALLEL,
    DEFAULT_PER_SERVER,
    DEFAULT_WAVES,
    Budget,
    Fleet,
    Source,
    Wave,
)

Name = Annotated[str, Field(min_length=1, max_length=200)]
_SHARE = r"^\d{1,3}(\.\d+)? ?%$"
Share = Annotated[str, Field(pattern=_SHARE)]
ErrorsAllowed = Annotated[
    str,
    BeforeValidator(
        lambda value: str(value) if type(value) is int else value,
        json_schema_input_type=int | Annotated[str, Field(pattern=rf"^\d+$|{_SHARE}")],
    ),
    Field(pattern=rf"^\d+$|{_SHARE}"),
]
SQL = Annotated[str, Field(min_length=1)]


class WaveFile(StrictModel):
    """Tenants that are migrated before the next wave begins."""

    name: Name
    count: Annotated[int, Field(ge=1, le=100_000)] | None = Field(
        default=None, description="How many tenants."
    )
    share: Share | None = Field(default=None, description='A share of the fleet: `"10%"`.')
    rest: bool = Field(default=False, description="All that are left; the last wave alone.")
    tenants: list[Name] = Field(default=[], description="These tenants, by name.")


class FleetFile(StrictModel):
    """Many databases as one target. Exactly one of the first three keys says where they are."""

    urls_env: EnvironmentName | None = Field(
        default=None,
        description="The variable that lists them: JSON, a list of URLs or an object of names and "
        "URLs; or a line `name url` each. Stands in for `url_env`.",
    )
    query: SQL | None = Field(
        default=None,
        description="SQL that lists them, in the database of `url_env`: a column `name`, and `url` "
        "or `schema`. Run read-only.",
    )
    schemas: Name | list[Name] | None = Field(
        default=None,
        description="Schemas of the database of `url_env`, each a tenant: a LIKE pattern "
        "(`tenant\\_%`), or their names.",
    )
    waves: list[WaveFile] | None = Field(
        default=None,
        description="In which order. Without it: one tenant, 10 % of them, the rest.",
    )
    parallel: int = Field(
        default=DEFAULT_PARALLEL, ge=1, le=500, description="How many tenants at once."
    )
    per_server: int = Field(
        default=DEFAULT_PER_SERVER, ge=1, le=500, description="How many at once on one server."
    )
    errors: ErrorsAllowed | None = Field(
        default=None,
        description='How many tenants of a wave may fail before no more are begun: `5` or `"2%"`. '
        "Without it 2 %, and at least one. The first wave may have none.",
    )
    soak: int = Field(default=0, ge=0, le=86_400, description="Seconds to wait between two waves.")
    health: SQL | None = Field(
        default=None,
        description="SQL that must answer true in each tenant of a wave, after `soak`, before the "
        "next wave begins. Run read-only, for at most 10 seconds.",
    )
    shard_size: int = Field(
        default=1000,
        ge=1,
        le=100_000,
        description="How many tenants a job of the deploy workflow takes; a larger fleet is spread "
        "over several.",
    )


def fleet_of(parsed: FleetFile) -> Fleet:
    schemas = parsed.schemas
    return Fleet(
        source=Source(
            urls_env=parsed.urls_env,
            query=parsed.query,
            schemas=tuple(schemas) if isinstance(schemas, list) else schemas,
        ),
        waves=tuple(map(_wave, parsed.waves)) if parsed.waves else DEFAULT_WAVES,
        parallel=parsed.parallel,
        per_server=parsed.per_server,
        errors=_budget(parsed.errors),
        soak=parsed.soak,
        health=parsed.health,
        shard_size=parsed.shard_size,
    )


def fleet_mistakes(place: str, parsed: FleetFile, url_env: str | None) -> Iterator[str]:
    """What no type can say, each with its place in the file."""
    given = [key for key in ("urls_env", "query", "schemas") if getattr(parsed, key) is not None]
    if len(given) != 1:
        said = f"not {' and '.join(given)}" if given else "it has none"
        yield f"{place}: exactly one of urls_env, query and schemas says where they are; {said}"
    if given != ["urls_env"] and url_env is None:
        yield f"{place.removesuffix('.fleet')}.url_env: field required"
    if given == ["urls_env"] and url_env is not None:
        yield f"{place}.urls_env: stands in for url_env; take one of them out"
    yield from _wave_mistakes(f"{place}.waves", parsed.waves)


def _wave_mistakes(place: str, waves: list[WaveFile] | None) -> Iterator[str]:
    if waves is None:
        return
    for number, wave in enumerate(waves):
        ways = [wave.count is not None, wave.share is not None, wave.rest]
        if sum(ways) > 1:
            yield f"{place}.{number}: one of count, share and rest"
        if not any(ways) and not wave.tenants:
            yield f"{place}.{number}: takes nobody; give count, share, rest or tenants"
        if wave.share is not None and _per_cent(wave.share) > 100:
            yield f"{place}.{number}.share: more than 100 %"
        if wave.rest != (number == len(waves) - 1):
            yield f"{place}.{number}.rest: the last wave, and it alone, takes the rest"
    if not waves:
        yield f"{place}: at least one wave, with `rest: true`"
    yield from _repeated(f"{place}: the name", [wave.name for wave in waves])
    yield from _repeated(f"{place}: the tenant", [each for wave in waves for each in wave.tenants])


def _repeated(what: str, names: list[str]) -> Iterator[str]:
    for name, times in Counter(names).items():
        if times > 1:
            yield f"{what} {name} is there twice"


def _wave(file: WaveFile) -> Wave:
    return Wave(
        name=file.name,
        count=file.count or 0,
        share=_per_cent(file.share) if file.share else 0.0,
        rest=file.rest,
        tenants=tuple(file.tenants),
    )


def _budget(errors: str | None) -> Budget:
    if errors is None:
        return Budget()
    if "%" in errors:
        return Budget(share=_per_cent(errors))
    return Budget(count=int(errors))


def _per_cent(text: str) -> float:
    return float(re.sub(r"[% ]", "", text))
