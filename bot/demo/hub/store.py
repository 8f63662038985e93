"""Where artifacts lie: another host than the API, with addresses that are secrets themselves."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

FOLDER = "/_store/"
LASTS = timedelta(minutes=1)


@dataclass
class Store:
    """What was lent, by the last part of its address, and until when."""

    lent: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)

    def lend(self, api: str, octets: bytes, now: datetime) -> str:
        """An address of the octets, good for a minute. Its host differs from the API's, so that
        a client knows to keep its token to itself."""
        name = secrets.token_hex(16)
        self.lent[name] = (octets, now + LASTS)
        return f"http://localhost:{urlsplit(api).port}{FOLDER}{name}"

    def take(self, path: str, headers: Mapping[str, str], now: datetime) -> tuple[int, bytes]:
        """A status and octets. A caller who shows a token is refused, as the real store does."""
        octets, until = self.lent.get(path.removeprefix(FOLDER), (b"", now))
        if "authorization" in headers:
            return 401, b"InvalidAuthenticationInfo"
        return (200, octets) if now < until else (403, b"AuthenticationFailed")
