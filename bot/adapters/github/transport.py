"""How a call gets to GitHub, again if need be, and follows a repository that was renamed."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from github import GithubException
from github.Requester import (
    HTTPRequestsConnectionClass,
    HTTPSRequestsConnectionClass,
    Requester,
    RequestsResponse,
)

from bot.adapters.github.patience import NotAsked, Patience
from bot.adapters.github.trouble import Trouble, message_of, nonsense, trouble_in

_REDIRECTS = frozenset({301, 307, 308})
_FURTHEST = 3


class Line(HTTPSRequestsConnectionClass):
    """The connection to one GitHub. PyGithub's own cannot repeat an answer that was cut off, and
    loses the query on the way to a renamed repository: with it, which deployments were asked for.
    """

    def __init__(self, api_url: str, patience: Patience, *, timeout: int) -> None:
        parts = urlsplit(api_url)
        port = parts.port or (80 if parts.scheme == "http" else 443)
        super().__init__(parts.hostname or "", port, timeout=timeout)
        self.protocol = parts.scheme
        self._patience = patience
        self._made: set[str] = set()

    def getresponse(self) -> RequestsResponse:
        for _ in range(_FURTHEST):
            answer = self._answer()
            target = self._moved_to(answer)
            if target is None:
                return RequestsResponse(answer)
            self.url = target
        raise GithubException(answer.status_code, {"message": "redirected in a circle"}, {})

    def _answer(self) -> requests.Response:
        attempt = 0
        while True:
            found = self._attempt()
            trouble = trouble_in(found, self.verb) or self._unsettled(found)
            if trouble is None or not self._patience.again(trouble, attempt):
                break
            attempt += 1
        if isinstance(found, requests.RequestException):
            raise found
        if nonsense(found):
            raise requests.exceptions.ContentDecodingError("the answer is not what GitHub sends")
        if found.status_code >= 400 and not message_of(found.text):
            # PyGithub would stumble over a refusal that is a page, a list, or cut off.
            raise GithubException(found.status_code, {}, dict(found.headers))
        self._remember(found)
        return found

    def _unsettled(self, found: requests.Response | requests.RequestException) -> Trouble | None:
        """GitHub may not know for a moment what it has just made; then nothing was done."""
        missing = isinstance(found, requests.Response) and found.status_code == 404
        if missing and any(self.url.startswith(each) for each in self._made):
            return Trouble("it does not find yet what it has just made")
        return None

    def _remember(self, answer: requests.Response) -> None:
        path = self.url.partition("?")[0]
        if self.verb == "DELETE":
            self._made.discard(path)
        elif self.verb == "POST" and answer.status_code == 201:
            made = answer.json()
            url = made.get("url") if isinstance(made, Mapping) else None
            if isinstance(url, str):
                self._made.add(urlsplit(url).path)

    def _attempt(self) -> requests.Response | requests.RequestException:
        try:
            return self._patience.ask(self._send)
        except NotAsked:
            raise
        except requests.RequestException as error:
            return error

    def _send(self) -> requests.Response:
        return self.session.request(
            self.verb,
            f"{self.protocol}://{self.host}:{self.port}{self.url}",
            headers=self.headers,
            data=self.input,
            timeout=self.timeout,
            verify=self.verify,
            allow_redirects=False,
        )

    def _moved_to(self, answer: requests.Response) -> str | None:
        """The path and query of where to ask instead; the token is told to no other host."""
        location = answer.headers.get("location", "")
        if answer.status_code not in _REDIRECTS or not location:
            return None
        parts = urlsplit(location)
        if parts.scheme and (parts.scheme, parts.hostname) != (self.protocol, self.host):
            told = {"message": f"redirected to {parts.scheme}://{parts.hostname}"}
            raise GithubException(answer.status_code, told, dict(answer.headers))
        query = parts.query or urlsplit(self.url).query
        return f"{parts.path}?{query}" if query else parts.path


class PatientRequester(Requester):
    """PyGithub's, with every JSON call over our line unless it goes to another host."""

    line: Line

    def requestJson(  # noqa: N802 - PyGithub's name
        self,
        verb: str,
        url: str,
        parameters: dict[str, Any] | None = None,
        headers: dict[str, Any] | None = None,
        input: Any | None = None,
        cnx: HTTPRequestsConnectionClass | HTTPSRequestsConnectionClass | None = None,
        follow_302_redirect: bool = False,
    ) -> tuple[int, dict[str, Any], str]:
        return super().requestJson(
            verb, url, parameters, headers, input, cnx or self.line, follow_302_redirect
        )

    def close(self) -> None:
        self.line.close()
        super().close()
