"""The connection to GitHub: who we are, when to try again, and what a refusal means."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

import requests
from github import Auth, Github, GithubException
from github.GithubRetry import GithubRetry

from bot.errors import GitHubError

PUBLIC_API = "https://api.github.com"
ACTIONS_LOGIN = "github-actions[bot]"

# A POST is never repeated: its answer may be lost after it took effect.
_REPEATABLE = frozenset({"GET", "HEAD", "PATCH", "PUT", "DELETE"})
_TIMEOUT = 20
_ATTEMPTS = 4


def connect(token: str, *, api_url: str = PUBLIC_API) -> Github:
    """A client that repeats only what may be repeated, and paces its writes on the real GitHub."""
    # Refusals are told as errors with advice; PyGithub would also print them as they come, on a
    # handler of its own that no redactor stands before.
    logging.getLogger("github").handlers = [logging.NullHandler()]
    local = urlsplit(api_url).hostname in ("127.0.0.1", "localhost")
    return Github(
        base_url=api_url,
        auth=Auth.Token(token),
        retry=GithubRetry(
            total=_ATTEMPTS,
            allowed_methods=_REPEATABLE,
            backoff_factor=0 if local else 1,
            secondary_rate_wait=0 if local else 60,
        ),
        timeout=_TIMEOUT,
        per_page=100,
        lazy=True,
        seconds_between_requests=0 if local else 0.25,
        seconds_between_writes=0 if local else 1,
        user_agent="migration-bot",
    )


@contextmanager
def explained(action: str, *, needs: str) -> Iterator[None]:
    """Say what was refused, and which permission would allow it: `needs="pull-requests: write"`."""
    try:
        yield
    except GithubException as error:
        raise _explain(action, needs, error) from error
    except requests.RequestException as error:
        raise GitHubError(
            f"GitHub could not be reached to {action} ({type(error).__name__}).",
            hint="Check GITHUB_API_URL and the network, then run this again; nothing is lost.",
        ) from error


def _explain(action: str, needs: str, error: GithubException) -> GitHubError:
    said = _message(error)
    told = f"GitHub did not let the bot {action} ({error.status}{f': {said}' if said else ''})."
    if error.status == 401:
        return GitHubError(told, hint="The token is wrong or has expired: renew GITHUB_TOKEN.")
    if error.status == 429 or (error.status == 403 and "rate limit" in said.lower()):
        return GitHubError(told, hint="Wait for the limit to pass, then run this again.")
    if error.status in (403, 404):
        return GitHubError(
            told, hint=f"Give the workflow job `permissions: {needs}`, or the token that scope."
        )
    if error.status >= 500:
        return GitHubError(told, hint="GitHub has a problem of its own: run this again later.")
    return GitHubError(told, hint="Run it again; if it repeats, report it with this message.")


def _message(error: GithubException) -> str:
    data = error.data
    message = data.get("message", "") if isinstance(data, Mapping) else ""
    return str(message)[:200]
