"""What a refusal of GitHub means, and the one thing to do about it."""

from collections.abc import Iterator, Mapping
from typing import Any

from github import GithubException

from bot.adapters.github.patience import NotAsked
from bot.adapters.github.trouble import opens_after, opens_at
from bot.errors import GitHubError

_LONGEST = 200


def refused(action: str, needs: str, error: GithubException) -> GitHubError:
    headers = {name.lower(): str(value) for name, value in (error.headers or {}).items()}
    said = "; ".join(each for each in (_message(error), *_mistakes(error)) if each)[:_LONGEST]
    told = f"GitHub did not let the bot {action} ({error.status}{f': {said}' if said else ''})."
    return GitHubError(told, hint=_hint(needs, error, headers))


def unreached(action: str, error: Exception) -> GitHubError:
    if isinstance(error, NotAsked):
        return GitHubError(
            f"GitHub was not asked to {action}: it did not answer before, and has no time left.",
            hint="Look at githubstatus.com, and run this again when GitHub answers; nothing is "
            "lost.",
        )
    return GitHubError(
        f"GitHub could not be reached to {action} ({type(error).__name__}).",
        hint="Check GITHUB_API_URL and the network, then run this again; nothing is lost.",
    )


def misled(action: str) -> GitHubError:
    return GitHubError(
        f"GitHub could not be asked to {action}: its answer leads to another server.",
        hint="Set GITHUB_API_URL to the address that GitHub itself names in its answers.",
    )


def _hint(needs: str, error: GithubException, headers: Mapping[str, str]) -> str:
    status = error.status
    opens = opens_after(status, headers, _message(error))
    if opens is not None:
        at = opens_at(opens, headers)
        return f"The limit opens again at {at:%Y-%m-%d %H:%M:%S} UTC: run this again then."
    if status == 401:
        return "The token is wrong or has expired: renew GITHUB_TOKEN."
    if "required" in headers.get("x-github-sso", ""):
        return "Authorize the token for the single sign-on of the organisation that owns this."
    if status in (403, 404):
        return _permission_hint(needs, status, _message(error), headers)
    if status >= 500:
        return "GitHub has a problem of its own: run this again later."
    return _HINTS.get(status, "Run it again; if it repeats, report it with this message.")


_HINTS = {
    301: "GITHUB_API_URL or GITHUB_REPOSITORY names what has moved: set the new address.",
    307: "GITHUB_API_URL or GITHUB_REPOSITORY names what has moved: set the new address.",
    308: "GITHUB_API_URL or GITHUB_REPOSITORY names what has moved: set the new address.",
    410: "It was deleted, or is switched off in the repository's settings: bring it back there.",
    422: "GitHub has no place for what was sent: its message says why. A newer run sends anew.",
    451: "GitHub keeps this repository from everybody for legal reasons: ask its owner.",
}


def _permission_hint(needs: str, status: int, message: str, headers: Mapping[str, str]) -> str:
    """404 is what GitHub says to a token that may not even know of something."""
    if "archived" in message.lower():
        return "The repository is archived, so it can only be read: unarchive it first."
    hint = f"Give the workflow job `permissions: {needs}`, or the token that scope."
    accepted = headers.get("x-accepted-github-permissions", "")
    if accepted:
        hint += f" GitHub would accept: {accepted}."
    if "resource not accessible" in message.lower():
        hint += " On a pull request from a fork the token can only read, whatever is given."
    if status == 404:
        hint += " If it has that, what was asked for is not there."
    return hint


def _message(error: GithubException) -> str:
    """Of a page that is no JSON nothing is told."""
    data = error.data
    message = data.get("message", "") if isinstance(data, Mapping) else ""
    return str(message or "")[:_LONGEST]


def _mistakes(error: GithubException) -> Iterator[str]:
    """What a 422 says was wrong with each part of what was sent."""
    data: Any = error.data
    listed = data.get("errors") if isinstance(data, Mapping) else None
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, Mapping):
            place = str(each.get("field") or each.get("path") or "")
            said = str(each.get("message") or each.get("code") or each.get("type") or "")
            yield f"{place} {said}".strip()
        else:
            yield str(each)
