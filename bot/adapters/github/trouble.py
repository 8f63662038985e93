"""Which answers of GitHub, and which missing ones, are worth asking again for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NewConnectionError

# Doing them twice is as doing them once. A POST may have taken effect though its answer is lost.
REPEATABLE = frozenset({"GET", "HEAD", "PATCH", "PUT", "DELETE"})

_LIMITED = (403, 429)
_GRAPHQL = "/graphql"
# What GitHub's documentation asks for where an answer names no time.
_UNNAMED = 60.0
_LIMIT_TYPES = ("RATE_LIMITED", "RATE_LIMIT")
_LIMIT_WORDS = ("rate limit", "please wait a few minutes", "please retry your request again later")


@dataclass(frozen=True)
class Trouble:
    """`what` reads after a colon. `wait` are the seconds GitHub asks for; None if it names none."""

    what: str
    wait: float | None = None


def trouble_in(answer: requests.Response | requests.RequestException, verb: str) -> Trouble | None:
    """None if the answer stands, also where it is a refusal."""
    repeatable = verb in REPEATABLE
    if isinstance(answer, requests.RequestException):
        unheard = repeatable or _nothing_sent(answer)
        return Trouble(_words(answer)) if unheard and not _useless(answer) else None
    opens = opens_after(*_refusal_in(answer))
    if opens is not None:
        # Refused before anything was done, so this may be repeated whatever it was.
        return Trouble("its rate limit is used up", opens)
    if repeatable and (answer.status_code >= 500 or answer.status_code == 408):
        return Trouble(f"it answered {answer.status_code}", _retry_after(answer.headers))
    if repeatable and nonsense(answer):
        return Trouble("it answered with something else than JSON")
    return None


def limit_in(body: object) -> str:
    """What GraphQL says of a limit that refused, whatever the status; "" if none did."""
    if not isinstance(body, Mapping):
        return ""
    errors = body.get("errors")
    told = errors if isinstance(errors, list) else [] if "data" in body else [body]
    for each in told:
        if isinstance(each, Mapping) and _is_limit(each):
            return str(each.get("message") or each.get("type"))
    return ""


def opens_after(status: int, headers: Mapping[str, str], message: str) -> float | None:
    """In how many seconds a limit opens again; None if this is no refusal by a limit."""
    if status not in _LIMITED:
        return None
    named = _retry_after(headers)
    if named is not None:
        return named
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        # A second more, because it is not said when in that second it opens.
        return max(0.0, int(reset) - _now(headers).timestamp()) + 1
    return _UNNAMED if status == 429 or _names_a_limit(message) else None


def opens_at(seconds: float, headers: Mapping[str, str]) -> datetime:
    return datetime.fromtimestamp(_now(headers).timestamp() + seconds, UTC)


def nonsense(answer: requests.Response) -> bool:
    """A success that is cut off, or is a page of something that stands before GitHub."""
    if answer.status_code >= 300 or not answer.content:
        return False
    if "json" in answer.headers.get("content-type", ""):
        return not _is_json(answer.text)
    return answer.text.lstrip().lower().startswith(("<!doctype", "<html"))


def message_of(text: str) -> str:
    """The message in GitHub's body of a refusal; "" if it has none."""
    try:
        body = json.loads(text)
    except ValueError:
        return ""
    return str(body.get("message") or "") if isinstance(body, Mapping) else ""


def _refusal_in(answer: requests.Response) -> tuple[int, Mapping[str, str], str]:
    """What is asked for in GraphQL is refused by a limit with 200, as often as not."""
    status, message = answer.status_code, ""
    if status in _LIMITED:
        message = message_of(answer.text)
    elif status == 200 and urlsplit(answer.url or "").path.endswith(_GRAPHQL):
        message = limit_in(json.loads(answer.text)) if _is_json(answer.text) else ""
        status = 429 if message else status
    return status, answer.headers, message


def _is_limit(error: Mapping[str, object]) -> bool:
    return error.get("type") in _LIMIT_TYPES or _names_a_limit(str(error.get("message") or ""))


def _names_a_limit(message: str) -> bool:
    return any(words in message.lower() for words in _LIMIT_WORDS)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """In seconds, or as a date."""
    text = headers.get("retry-after", "").strip()
    if text.isdigit():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - _now(headers)).total_seconds())
    except (ValueError, TypeError):
        return None


def _now(headers: Mapping[str, str]) -> datetime:
    """By GitHub's clock, which its limits go by."""
    try:
        return parsedate_to_datetime(headers["date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return datetime.now(UTC)


def _nothing_sent(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(reason, NewConnectionError)


def _useless(error: requests.RequestException) -> bool:
    """Nothing will be different the next time."""
    return isinstance(
        error,
        requests.exceptions.SSLError
        | requests.exceptions.InvalidURL
        | requests.exceptions.InvalidSchema
        | requests.exceptions.InvalidHeader,
    )


def _words(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return "it did not answer in time"
    return "the connection was cut" if not _nothing_sent(error) else "it could not be reached"
