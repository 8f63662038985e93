"""What is read of the checkout before anything is done: the configuration, and files it names.

On a pull request all of it is read as its base has it, where the author has no say.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.adapters.actions import read_event
from bot.adapters.checkout import Checkout
from bot.commands.session import Options
from bot.core.gates.spans import Span
from bot.core.github.event import CHECKING_EVENTS, request_of
from bot.core.github.request import AgainRequest, CheckRequest
from bot.core.rehearsals.sizes import Sizes
from bot.core.rehearsals.sizes_file import load
from bot.core.settings import CONFIG_PATH, Settings
from bot.errors import UsageError


def with_base(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment with the base branch in it for every event that has one; GitHub itself sets
    GITHUB_BASE_REF for pull requests alone."""
    if (
        environ.get("GITHUB_EVENT_NAME") not in CHECKING_EVENTS
        or "GITHUB_EVENT_PATH" not in environ
    ):
        return environ
    event = read_event(environ)
    request = request_of(event.name, event.payload, sha=event.sha)
    check = request.check if isinstance(request, AgainRequest) else request
    assert check is None or isinstance(check, CheckRequest)
    return {**environ, "GITHUB_BASE_REF": check.base_name} if check else environ


def read_configuration(
    options: Options, checkout: Checkout, environ: Mapping[str, str]
) -> tuple[Settings, ...]:
    """Of each database, from --config or its usual place; on a pull request always as its base has
    it, where the author has no say."""
    path = options.config or CONFIG_PATH
    if options.config is not None and environ.get("GITHUB_EVENT_NAME") not in CHECKING_EVENTS:
        text: str | None = _read(Path(path))
    else:
        text = trusted(path, checkout, environ)
    if text is None and options.config is not None:
        raise _missing(path)
    return (Settings(),) if text is None else _parse(text, path)


def read_sizes(
    path: str | None,
    checkout: Checkout,
    environ: Mapping[str, str],
    say: Callable[[str], None],
) -> Sizes | None:
    """Those in the file that the configuration names; without the file it is said, and they are
    not known."""
    if path is None:
        return None
    text = trusted(path, checkout, environ)
    if text is None:
        say(f"{path} is not there: findings are judged without the sizes of tables.")
        return None
    return load(text, path=path)


def read_calendar(
    path: str, checkout: Checkout, environ: Mapping[str, str], zone: ZoneInfo, moment: datetime
) -> tuple[Span, ...]:
    """What the calendar has on then, and soon after. Raises UsageError if it is not there, or
    cannot be read."""
    from bot.adapters.calendar import entries

    text = trusted(path, checkout, environ)
    if text is None:
        raise UsageError(
            f"{path} is not there, which is to say when nothing is rolled out.",
            hint="Add the file, or take `calendar` out of the configuration.",
        )
    return entries(text, path=path, zone=zone, moment=moment)


def trusted(path: str, checkout: Checkout, environ: Mapping[str, str]) -> str | None:
    """A file of the checkout; on a pull request as its base has it. None if there is none."""
    if environ.get("GITHUB_EVENT_NAME") in CHECKING_EVENTS:
        return checkout.text_at_base(path)
    return checkout.text(path)


def _missing(path: str) -> UsageError:
    return UsageError(
        f"The base branch has no configuration {path}.",
        hint="Merge it first: a pull request is judged by the configuration of its base.",
    )


def _parse(text: str, path: str) -> tuple[Settings, ...]:
    # Imported late: without a file there is nothing to validate.
    from bot.config.databases import read_databases
    from bot.rules import RULES

    return read_databases(text, path=path, rules=RULES)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UsageError(
            f"The configuration {path} cannot be read: {reason}.",
            hint="Give --config the path of a YAML file.",
        ) from None
