"""A connection URL as Prisma's engine reads it."""

from urllib.parse import quote, urlencode

from bot.core.targets.url import DEFAULT_SCHEMA, ConnectionUrl

_VERIFYING = ("verify-ca", "verify-full")


def prisma_url(url: ConnectionUrl) -> str:
    """Made of its parts, since the text it was read from may be about somebody else."""
    who = quote(url.user or "", safe="")
    secret = f":{quote(url.password, safe='')}" if url.password else ""
    socket = url.host if url.host.startswith("/") else ""
    host = "localhost" if socket else f"[{url.host}]" if ":" in url.host else url.host
    parameters = {"host": socket, "schema": url.schema if url.schema != DEFAULT_SCHEMA else ""}
    if not socket:
        parameters |= _tls(url)
    given = urlencode({name: value for name, value in parameters.items() if value}, safe="/")
    account = f"{who}{secret}@" if who else ""
    query = f"?{given}" if given else ""
    return f"postgresql://{account}{host}:{url.port}/{quote(url.database, safe='')}{query}"


def _tls(url: ConnectionUrl) -> dict[str, str]:
    verified = url.sslmode in _VERIFYING
    return {
        "sslmode": "require" if verified else "" if url.sslmode == "allow" else url.sslmode,
        "sslaccept": "strict" if verified else "",
        "sslcert": url.sslrootcert or "",
    }
