"""Connection URLs as Prisma reads them, translated for libpq, with their secrets kept together.

The parameters mean what Prisma's engine takes them to mean (quaint, `connector/postgres/url.rs`),
which is not what libpq takes them to mean. Where Prisma would silently ask for less safety than
the URL says (`sslmode=verify-full`), libpq's meaning is kept.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, quote, quote_plus, unquote

from bot.core.quoting import quoted
from bot.errors import UsageError

DEFAULT_SCHEMA = "public"
DEFAULT_CONNECT_TIMEOUT = 5

_PARTS = re.compile(r"^(?P<scheme>[a-zA-Z][\w+.-]*)://(?P<authority>[^/?#]*)(?P<path>/[^?#]*)?")
_VERIFYING = ("verify-ca", "verify-full")
_TLS_MODES = ("disable", "allow", "prefer", "require", *_VERIFYING)
_FOR_READING = ("read-only", "standby", "prefer-standby")
_ENVIRONMENT = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "options": "PGOPTIONS",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "channel_binding": "PGCHANNELBINDING",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "application_name": "PGAPPNAME",
}


@dataclass(frozen=True)
class ConnectionUrl:
    """A PostgreSQL connection URL taken apart.

    `host` is a directory where the server listens on a socket. `schema` is where Prisma keeps its
    migrations table. `options` are libpq's, the search path among them if the URL names a schema.
    `pooled` says that the URL names a pooler (`pgbouncer=true`): those refuse options, which are
    then kept back, and hold nothing but the search path. `connect_timeout` is seconds, and 0 waits
    for ever.
    """

    host: str
    port: int
    database: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    schema: str = DEFAULT_SCHEMA
    options: str = ""
    sslmode: str = "prefer"
    sslrootcert: str | None = None
    channel_binding: str | None = None
    connect_timeout: int = DEFAULT_CONNECT_TIMEOUT
    application_name: str | None = None
    pooled: bool = False
    text: str = field(default="", repr=False, compare=False)
    hidden: tuple[str, ...] = field(default=(), repr=False, compare=False)

    def conninfo(self) -> dict[str, str | int]:
        """libpq's connection parameters. Empty options are given, so that PGOPTIONS is not read."""
        parameters: dict[str, str | int | None] = {
            "host": self.host,
            "port": self.port,
            "dbname": self.database,
            "user": self.user,
            "password": self.password,
            "options": "" if self.pooled else self.options,
            "sslmode": self.sslmode,
            "sslrootcert": self.sslrootcert,
            "channel_binding": self.channel_binding,
            "connect_timeout": self.connect_timeout,
            "application_name": self.application_name,
        }
        return {name: value for name, value in parameters.items() if value is not None}

    def libpq_environment(self) -> dict[str, str]:
        """The same for a child process, whose arguments everybody on the machine can read."""
        return {_ENVIRONMENT[name]: str(value) for name, value in self.conninfo().items()}

    def with_database(self, name: str) -> "ConnectionUrl":
        """The same server and user, another database."""
        text = _PARTS.sub(
            lambda match: f"{match['scheme']}://{match['authority']}/{quote(name, safe='')}",
            self.text,
        )
        return replace(self, database=name, text=text, hidden=(*self.hidden, self.text))

    @property
    def only_search_path(self) -> bool:
        """Whether its options are ours alone, for the schema."""
        return self.options == _search_path(self.schema)

    @property
    def redacted(self) -> str:
        """Where it leads, in a form that may be shown: no user, no password, no options."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        schema = f"?schema={quote(self.schema)}" if self.schema != DEFAULT_SCHEMA else ""
        if self.host.startswith("/"):
            joint = "&" if schema else "?"
            return f"postgresql:///{quote(self.database)}{schema}{joint}host={self.host}"
        return f"postgresql://{host}:{self.port}/{quote(self.database)}{schema}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every form in which a secret part may turn up in a text, the longest first."""
        found = {self.text, *self.hidden}
        for secret in (self.password, *self.hidden):
            found.update(_forms(secret) if secret else ())
        return tuple(sorted(found - {""}, key=lambda form: (-len(form), form)))

    def __str__(self) -> str:
        return self.redacted


def inside(relation: str, schema: str) -> str:
    """Where a session of that schema finds a relation. A judgement takes a name without a schema to
    be in `public`."""
    place, _, name = relation.partition(".")
    return f"{schema}.{name}" if place == DEFAULT_SCHEMA else relation


def parse_url(text: str, *, name: str = "The connection URL") -> ConnectionUrl:
    """Read a URL; `name` is what messages call it, such as the variable it came from.

    No message quotes any of the text: a password with an unencoded `#` or `/` can end up anywhere.
    """
    text = text.strip()
    parts = _PARTS.match(text)
    if parts is None or parts["scheme"].lower() not in ("postgres", "postgresql"):
        raise UsageError(
            f"{name} is not a PostgreSQL connection URL.",
            hint="It has to look like `postgresql://user@host:5432/database`.",
        )
    try:
        return _assemble(text, parts, name)
    except ValueError:
        raise UsageError(
            f"{name} has characters in it that are not UTF-8.",
            hint="Percent-encode the password and the other parts as UTF-8.",
        ) from None


def _assemble(text: str, parts: re.Match[str], name: str) -> ConnectionUrl:
    userinfo, _, address = parts["authority"].rpartition("@")
    user, _, password = userinfo.partition(":")
    host, port = _address(address, name)
    rest = text[parts.end() :].removeprefix("?").partition("#")
    if rest[1]:
        raise _unencoded(name, "a `#`")
    query = dict(parse_qsl(rest[0], keep_blank_values=True, errors="strict"))
    _refuse_what_cannot_be_honoured(query, name)
    return ConnectionUrl(
        host=query.get("host") or host or "localhost",
        port=port,
        database=_decoded((parts["path"] or "").removeprefix("/")) or "postgres",
        user=_decoded(user) or None,
        password=_decoded(password) or None,
        schema=query.get("schema") or DEFAULT_SCHEMA,
        options=_options(query),
        sslmode=_sslmode(query),
        sslrootcert=_sslrootcert(query),
        channel_binding=_channel_binding(query),
        connect_timeout=_seconds(query.get("connect_timeout", ""), name),
        application_name=query.get("application_name") or None,
        pooled=query.get("pgbouncer") == "true",
        text=text,
        hidden=tuple(each for each in (password, query.get("sslpassword")) if each),
    )


def _address(address: str, name: str) -> tuple[str, int]:
    match = re.fullmatch(r"(?:\[(?P<six>[^\]]*)\]|(?P<host>[^:,]*))(?::(?P<port>\d*))?", address)
    if match is None and "," in address:
        raise _several_hosts(name)
    port = int(match["port"] or 5432) if match else 0
    if match is None or not 0 < port < 65536:
        raise _unencoded(name, "no readable host and port")
    return match["six"] or _decoded(match["host"] or ""), port


def _several_hosts(name: str) -> UsageError:
    return UsageError(
        f"{name} names several hosts.",
        hint="Name the primary alone: migrations are applied nowhere else.",
    )


def _unencoded(name: str, what: str) -> UsageError:
    return UsageError(
        f"{name} cannot be read: it has {what}.",
        hint="Percent-encode special characters in the password: `#` is %23, `/` is %2F, "
        "`?` is %3F, `@` is %40, `:` is %3A.",
    )


def _refuse_what_cannot_be_honoured(query: Mapping[str, str], name: str) -> None:
    if "," in query.get("host", ""):
        raise _several_hosts(name)
    if query.get("target_session_attrs") in _FOR_READING:
        raise UsageError(
            f"{name} asks for a standby with `target_session_attrs`.",
            hint="Leave it out: migrations are applied to the primary, and nowhere else.",
        )
    if query.get("options") and query.get("pgbouncer") == "true":
        raise UsageError(
            f"{name} has `options` and `pgbouncer=true`, and a pooler takes no options.",
            hint="Set them for the role (`ALTER ROLE … SET …`), or use the server's direct URL.",
        )
    if query.get("sslidentity"):
        raise UsageError(
            f"{name} asks for a client certificate with `sslidentity`, which libpq cannot read.",
            hint="Leave `sslidentity` out, and let this user sign in with a password over TLS.",
        )
    if any("\0" in value for value in query.values()):
        raise _unencoded(name, "a zero byte")


def _options(query: Mapping[str, str]) -> str:
    """Ours come last, because Prisma sets the search path after connecting."""
    given = [query["options"]] if query.get("options") else []
    if query.get("schema"):
        given.append(_search_path(query["schema"]))
    return " ".join(given)


def _search_path(schema: str) -> str:
    escaped = re.sub(r"([\\\s])", r"\\\1", quoted(schema))
    return f"-c search_path={escaped}"


def _sslmode(query: Mapping[str, str]) -> str:
    mode = query.get("sslmode", "")
    strict = query.get("sslaccept", "accept_invalid_certs") != "accept_invalid_certs"
    if mode not in _TLS_MODES:
        mode = "prefer"
    return "verify-full" if strict and mode != "disable" else mode


def _channel_binding(query: Mapping[str, str]) -> str | None:
    """Prisma takes what it does not know to mean `prefer`, which is the default here too."""
    given = query.get("channel_binding", "")
    return given if given in ("disable", "prefer", "require") else None


def _sslrootcert(query: Mapping[str, str]) -> str | None:
    """Prisma's `sslcert` is what libpq calls `sslrootcert`."""
    named = query.get("sslcert") or query.get("sslrootcert")
    return named or ("system" if _sslmode(query) == "verify-full" else None)


def _seconds(text: str, name: str) -> int:
    if text == "":
        return DEFAULT_CONNECT_TIMEOUT
    if not text.isdecimal():
        raise UsageError(
            f"{name} has a `connect_timeout` that is no number.",
            hint="Give whole seconds, such as `connect_timeout=10`; 0 waits for ever.",
        )
    return int(text)


def _decoded(text: str) -> str:
    decoded = unquote(text, errors="strict")
    if "\0" in decoded:
        raise ValueError("a zero byte")
    return decoded


def _forms(secret: str) -> Iterator[str]:
    """A secret as it stands, and as URLs, JSON, Python and libpq write it."""
    yield secret
    for encoded in (quote(secret), quote(secret, safe=""), quote_plus(secret)):
        yield encoded
        yield re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), encoded)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield repr(secret)[1:-1]
    yield secret.replace("\\", "\\\\").replace("'", "\\'")
    if "%" in secret:
        yield unquote(secret, errors="replace")


def environment_without_libpq(environ: Mapping[str, str]) -> dict[str, str]:
    """What a child process may inherit: nothing that libpq would read behind our back."""
    return {name: value for name, value in environ.items() if not name.startswith("PG")}
