"""A vendor's REST interface: JSON both ways, and a token that nobody gets to see."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from bot.errors import BackupError, UsageError

_CONNECT, _ANSWER = 10, 60
_AGAIN = frozenset({429, 500, 502, 503, 504})
_ATTEMPTS = 4
_LONGEST_PAUSE = 30.0
_SHOWN_CHARACTERS = 300


@dataclass(frozen=True)
class Rest:
    """`who` is the vendor in words, `base` where its addresses begin, and `token_env` names the
    variable that holds the token."""

    who: str
    base: str
    token_env: str
    environ: Mapping[str, str] = field(repr=False)
    sleep: Callable[[float], None] = time.sleep

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        """Asked again where the vendor has a moment's trouble."""
        for attempt in range(_ATTEMPTS):
            try:
                answer = self._ask("GET", path, query, None)
            except requests.RequestException as error:
                if attempt == _ATTEMPTS - 1:
                    raise self._unreachable(error) from None
                self.sleep(2.0**attempt)
                continue
            if answer.status_code not in _AGAIN or attempt == _ATTEMPTS - 1:
                return self._read(answer, path)
            self.sleep(_pause(answer, attempt))
        raise AssertionError("the last attempt returns or raises")

    def send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        """Sent once: what was made may be made, whatever the answer."""
        try:
            return self._read(self._ask(method, path, query, body), path)
        except requests.RequestException as error:
            raise self._unreachable(error) from None

    def _ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
    ) -> requests.Response:
        headers = {
            "authorization": f"Bearer {self._token}",
            "accept": "application/json",
            "user-agent": "migration-bot",
        }
        return requests.request(
            method,
            f"{self.base}{path}",
            params=query,
            json=body,
            headers=headers,
            timeout=(_CONNECT, _ANSWER),
            # The token is for this host.
            allow_redirects=False,
        )

    @property
    def _token(self) -> str:
        token = self.environ.get(self.token_env, "").strip()
        if not token or not token.isascii() or not token.isprintable():
            problem = "holds no token" if token else "is not set"
            raise UsageError(
                f"{self.token_env} {problem}, so {self.who} cannot be asked.",
                hint="Give the job that secret, or name another variable as `token_env`.",
            )
        return token

    def _read(self, answer: requests.Response, path: str) -> Any:
        if not 200 <= answer.status_code < 300:
            raise self._refused(answer, path)
        if not answer.content:
            return {}
        try:
            return answer.json()
        except ValueError:
            raise BackupError(
                f"{self.who} answered with something that is not JSON.",
                hint="See whether something stands between this machine and the vendor.",
            ) from None

    def _refused(self, answer: requests.Response, path: str) -> BackupError:
        status = answer.status_code
        said = self._cleaned(_message_in(answer))
        told = f" It said: {said}" if said else ""
        if status in (401, 403):
            return BackupError(
                f"{self.who} did not let me ask for {path} ({status}).{told}",
                hint=f"See whether the token in {self.token_env} is a present one, and may read "
                "and make backups.",
            )
        if status == 404:
            return BackupError(
                f"{self.who} knows no {path} ({status}).{told}",
                hint="See whether the names in `backup` are the vendor's own.",
            )
        return BackupError(
            f"{self.who} refused {path} ({status}).{told}",
            hint="Mend what it says, and try again.",
        )

    def _unreachable(self, error: requests.RequestException) -> BackupError:
        # The error's own words may quote headers and addresses.
        return BackupError(
            f"{self.who} could not be reached ({type(error).__name__}).",
            hint="See whether this machine may reach it, and try again.",
        )

    def _cleaned(self, text: str) -> str:
        line = " ".join(text.replace(self._token, "***").split())
        return line[:_SHOWN_CHARACTERS]


def _message_in(answer: requests.Response) -> str:
    """Each vendor has a place of its own for it."""
    try:
        found = json.loads(answer.text)
    except ValueError:
        return ""
    if not isinstance(found, dict):
        return ""
    error = found.get("error")
    inner = error.get("message") if isinstance(error, dict) else error
    return str(inner or found.get("message") or "")


def _pause(answer: requests.Response, attempt: int) -> float:
    asked = answer.headers.get("retry-after", "")
    return min(float(asked), _LONGEST_PAUSE) if asked.isdigit() else 2.0**attempt
