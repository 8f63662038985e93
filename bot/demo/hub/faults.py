"""What can go wrong on the way to GitHub, on demand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.demo.hub.refusal import DOCUMENTATION
from bot.demo.hub.routing import Answer

_MESSAGES = {429: "Too Many Requests", 500: "Server Error", 502: "Server Error"}
SECONDARY_LIMIT = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)


@dataclass
class Fault:
    """Trouble for the next matching calls, when so many were let through. Without an answer, the
    deed is done and goes unheard."""

    method: str
    path_pattern: str
    times: int
    answer: Answer | None
    let_through: int = 0

    def meets(self, method: str, path: str) -> bool:
        method_fits = self.method in ("*", method)
        return method_fits and re.search(self.path_pattern, path) is not None


@dataclass
class Faults:
    """The trouble that was ordered and has not come yet."""

    waiting: list[Fault] = field(default_factory=list)

    def order(
        self,
        method: str,
        path_pattern: str,
        times: int,
        answer: Answer | None,
        let_through: int = 0,
    ) -> None:
        fault = Fault(method.upper(), path_pattern, times, answer, let_through)
        self.waiting.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        for fault in self.waiting:
            if fault.meets(method, path):
                if fault.let_through > 0:
                    fault.let_through -= 1
                    continue
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None


def failure(status: int, body: Any, headers: Mapping[str, str] | None) -> Answer:
    """An answer with GitHub's usual body for that status, unless another is given."""
    message = _MESSAGES.get(status, "Unavailable" if status >= 500 else "Refused")
    usual = {"message": message, "documentation_url": DOCUMENTATION, "status": str(status)}
    return Answer(status, usual if body is None else body, dict(headers or {}))


def secondary_limit(retry_after: int) -> Answer:
    about = f"{DOCUMENTATION}/using-the-rest-api/rate-limits-for-the-rest-api"
    body = {"message": SECONDARY_LIMIT, "documentation_url": f"{about}#about-secondary-rate-limits"}
    return Answer(403, body, {"retry-after": str(retry_after)})


def primary_limit(login: str, reset: int) -> Answer:
    body = {"message": f"API rate limit exceeded for {login}.", "documentation_url": DOCUMENTATION}
    return Answer(403, body, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)})
