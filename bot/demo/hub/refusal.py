"""GitHub's way of saying no: a status, a message, and where to read about it."""

from collections.abc import Mapping
from typing import Any

DOCUMENTATION = "https://docs.github.com/rest"


class Refusal(Exception):
    """An answer of 400 and above. `errors` are GitHub's details of a validation that failed."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        errors: list[Any] | None = None,
        headers: Mapping[str, str] | None = None,
        documentation: str = DOCUMENTATION,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.body: dict[str, Any] = {"message": message}
        if errors is not None:
            self.body["errors"] = errors
        self.body |= {"documentation_url": documentation, "status": str(status)}


def not_found() -> Refusal:
    return Refusal(404, "Not Found")


def invalid(resource: str, field: str, code: str, message: str | None = None) -> Refusal:
    """422, naming the field. `code` is GitHub's: missing_field, invalid, custom, unprocessable."""
    detail = {"resource": resource, "field": field, "code": code}
    if message is not None:
        detail["message"] = message
    return Refusal(422, "Validation Failed", errors=[detail])


def unprocessable(*sentences: str) -> Refusal:
    return Refusal(422, "Unprocessable Entity", errors=list(sentences))


def no_commit(revision: str) -> Refusal:
    return Refusal(422, f"No commit found for SHA: {revision}")
