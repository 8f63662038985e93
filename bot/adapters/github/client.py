"""The connection to GitHub: who we are, and how its refusals become errors."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import requests
from github import Auth, BadAttributeException, Github, GithubException

from bot.adapters.github.patience import BUDGET, Patience
from bot.adapters.github.refusal import misled, refused, unreached
from bot.adapters.github.transport import Line, PatientRequester

PUBLIC_API = "https://api.github.com"
ACTIONS_LOGIN = "github-actions[bot]"

_TIMEOUT = 20


def connect(token: str, *, api_url: str = PUBLIC_API, patience: Patience | None = None) -> Github:
    """A client that repeats only what may be repeated, and paces its writes on the real GitHub."""
    # Refusals are told as errors with advice; PyGithub would also print them as they come, on a
    # handler of its own that no redactor stands before.
    logging.getLogger("github").handlers = [logging.NullHandler()]
    local = is_local(api_url)
    client = Github(
        base_url=api_url,
        auth=Auth.Token(token),
        retry=None,
        timeout=_TIMEOUT,
        per_page=100,
        lazy=True,
        seconds_between_requests=0 if local else 0.25,
        seconds_between_writes=0 if local else 1,
        user_agent="migration-bot",
    )
    requester = PatientRequester(**client.requester.kwargs)
    requester.line = Line(api_url, patience or patience_with(api_url), timeout=_TIMEOUT)
    # PyGithub takes no requester of another's making, and the type of its private one is unknown.
    client._Github__requester = requester  # type: ignore[attr-defined]
    return client


def is_local(api_url: str) -> bool:
    return urlsplit(api_url).hostname in ("127.0.0.1", "localhost")


def patience_with(
    api_url: str, say: Callable[[str], None] | None = None, budget: float | None = None
) -> Patience:
    pace = 0 if is_local(api_url) else 1
    return Patience(
        budget=BUDGET if budget is None else budget, pace=pace, say=say or (lambda text: None)
    )


@contextmanager
def explained(action: str, *, needs: str) -> Iterator[None]:
    """Say what was refused, and which permission would allow it: `needs="pull-requests: write"`."""
    try:
        yield
    except GithubException as error:
        raise refused(action, needs, error) from error
    except (requests.RequestException, BadAttributeException) as error:
        raise unreached(action, error) from error
    except AssertionError as error:
        # PyGithub's way to say that an answer sends it to a server that it was not told of.
        raise misled(action) from error


def may_have_happened(error: Exception) -> bool:
    """Whether a POST that ended so may still have taken effect, so that it must be looked for."""
    if isinstance(error, GithubException):
        return error.status >= 500
    return isinstance(error, requests.RequestException)
