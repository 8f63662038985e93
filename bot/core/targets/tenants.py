"""Lists of tenants as people write them: JSON, or a line each; read whole, quoted never."""

import json
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, quote, urlencode

from bot.core.targets.fleet import Tenant
from bot.core.targets.url import DEFAULT_SCHEMA, ConnectionUrl, parse_url
from bot.errors import UsageError

_LOOKS = (
    'Write a JSON list of URLs, a JSON object {"name": "url"}, or a line `name url` for each '
    "tenant."
)


def tenants_in(text: str, *, name: str) -> tuple[Tenant, ...]:
    """The tenants that a variable lists; `name` is the variable's.

    Raises UsageError that says which entry is wrong, and quotes none: each is a secret.
    """
    return named(_entries(text.strip(), name), name=name)


def named(entries: Iterable[tuple[str | None, str]], *, name: str) -> tuple[Tenant, ...]:
    """Tenants of names and URLs; one without a name is called after its database."""
    found: dict[str, Tenant] = {}
    places: dict[tuple[str, str], str] = {}
    for number, (given, text) in enumerate(entries, 1):
        url = parse_url(text, name=f"Entry {number} of {name}")
        tenant = Tenant(given or _name_of(url), url)
        place = tenant.database, url.schema
        if tenant.name in found:
            raise _twice(f"{name} names the tenant {tenant.name} twice")
        if place in places:
            raise _twice(f"{name} gives {places[place]} and {tenant.name} the same database")
        found[tenant.name], places[place] = tenant, tenant.name
    return tuple(found.values())


def at_schema(url: ConnectionUrl, schema: str) -> ConnectionUrl:
    """The same database, with Prisma's table and the search path in another schema."""
    head, _, query = url.text.partition("?")
    kept = [each for each in parse_qsl(query, keep_blank_values=True) if each[0] != "schema"]
    written = urlencode([*kept, ("schema", schema)], quote_via=quote)
    return parse_url(f"{head}?{written}")


def _name_of(url: ConnectionUrl) -> str:
    return url.database if url.schema == DEFAULT_SCHEMA else f"{url.database}.{url.schema}"


def _entries(text: str, name: str) -> Iterator[tuple[str | None, str]]:
    if not text.startswith(("[", "{")):
        yield from _lines(text, name)
        return
    try:
        value = json.loads(text)
    except ValueError:
        raise UsageError(f"{name} is no JSON, and begins as such.", hint=_LOOKS) from None
    pairs = value.items() if isinstance(value, dict) else [(None, each) for each in value]
    for number, (given, url) in enumerate(pairs, 1):
        if not isinstance(url, str) or given == "":
            raise UsageError(f"Entry {number} of {name} is no text.", hint=_LOOKS)
        yield given, url


def _lines(text: str, name: str) -> Iterator[tuple[str | None, str]]:
    written = [line.split() for line in text.splitlines() if line.strip()]
    for number, words in enumerate(written, 1):
        if len(words) > 2:
            raise UsageError(f"Entry {number} of {name} has more than two words.", hint=_LOOKS)
        yield (words[0] if len(words) == 2 else None), words[-1]


def _twice(message: str) -> UsageError:
    return UsageError(
        f"{message}.", hint="Give each tenant one name and one database; see `fleet:`."
    )
