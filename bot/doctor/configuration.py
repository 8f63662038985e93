"""The configuration: whether it can be read, and whether what it names is there."""

from collections.abc import Iterator, Mapping, Sequence

from bot.core.counting import count
from bot.core.doctor.check import Check, State, Trouble, failed, passed, refused, skipped, warned
from bot.core.settings import CONFIG_PATH, Settings
from bot.core.targets.identity import Pin
from bot.core.targets.target import Kind, Target
from bot.core.targets.url import ConnectionUrl, parse_url
from bot.errors import UsageError


def unreadable(trouble: Trouble) -> Iterator[Check]:
    """Where nothing else can be said of it: unknown keys are among what the message lists."""
    yield refused("configuration", trouble)
    why = "the configuration cannot be read."
    yield from (skipped(name, why) for name in ("variables", "same-database", "pins"))


def configuration_checks(
    settings: Settings, environ: Mapping[str, str], *, file: str | None, asked: Sequence[str] = ()
) -> Iterator[Check]:
    """`file` is what was read, None where there is none; `asked` are targets that were named."""
    yield valid(settings, file)
    targets = settings.in_order
    for target in targets:
        yield variable(target, environ, asked=target.name in asked)
    for name in _others(settings):
        if not environ.get(name):
            said = f"{name} is not set: those whom `notify` names are not told."
            yield warned("variables", said, f"Set {name}, as a secret of the job or here.")
    yield same_database(targets, environ)
    yield pins(targets)


def valid(settings: Settings, file: str | None) -> Check:
    number = count(len(settings.targets), "target")
    if file is None:
        said = f"No {CONFIG_PATH}: everything is as without one, with {number}."
        return passed("configuration", said)
    return passed("configuration", f"{file} is valid, with {number}.")


def variable(target: Target, environ: Mapping[str, str], *, asked: bool = False) -> Check:
    """Of one target. What is not set here may be set where it is wanted."""
    name = target.variable(environ)
    if not target.is_set(environ):
        said = f"{target.url_env} is not set, so {target.name} is not looked at."
        advice = (
            f"Set {target.url_env} to postgresql://user@host:5432/database; on GitHub, as a secret "
            f"of the environment {target.name}."
        )
        if asked:
            return failed("variables", said, advice)
        return skipped("variables", said, advice)
    if target.fleet is not None and target.fleet.source.urls_env is not None:
        return passed("variables", f"{name} lists the tenants of {target.name}.")
    try:
        url = parse_url(environ[name], name=name)
    except UsageError as error:
        return refused("variables", Trouble.of(error))
    return passed("variables", f"{name} leads {target.name} to {url.redacted}.")


def same_database(targets: Sequence[Target], environ: Mapping[str, str]) -> Check:
    """As far as the connection strings say; which database answers, each target's own check
    says."""
    places: dict[tuple[str, int, str, str], Target] = {}
    for target in targets:
        url = _url_of(target, environ)
        if url is None:
            continue
        other = places.setdefault((url.host, url.port, url.database, url.schema), target)
        if other is target:
            continue
        said = f"{other.name} and {target.name} are one database: {url.redacted}."
        advice = f"Correct {other.url_env} or {target.url_env}, whichever is wrong."
        state = State.WARN if Kind.DEVELOPMENT in (other.kind, target.kind) else State.FAIL
        return Check("same-database", state, said, advice)
    if len(places) < 2:
        return skipped("same-database", "fewer than two connection strings are set here.")
    return passed("same-database", "Every target has a database of its own.")


def pins(targets: Sequence[Target]) -> Check:
    """Of production; others may be made anew whenever anybody likes."""
    production = [each for each in targets if each.kind is Kind.PRODUCTION and not each.fleet]
    if not production:
        return skipped("pins", "there is no target of the kind production.")
    loose = [each.name for each in production if each.identity == Pin()]
    if loose:
        return warned(
            "pins",
            f"Nothing pins which database {loose[0]} is: a wrong connection string is only found "
            "out after the first rollout.",
            f"Run `migration-bot identity {loose[0]}`, and put what it prints into {CONFIG_PATH}.",
        )
    return passed("pins", "Which database production is, is pinned.")


def _others(settings: Settings) -> Sequence[str]:
    """What sinks are reached and signed with."""
    names = [name for sink in settings.notify for name in (sink.url_env, sink.secret_env)]
    return list(dict.fromkeys(name for name in names if name))


def _url_of(target: Target, environ: Mapping[str, str]) -> ConnectionUrl | None:
    if target.fleet is not None or not target.is_set(environ):
        return None
    try:
        return parse_url(environ[target.variable(environ)])
    except UsageError:
        return None
