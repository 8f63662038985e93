"""What is to be observed, said without any library."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

Plain = str | int | float | bool
Attributes = Mapping[str, Plain]


class Span(Protocol):
    """Something that goes on."""

    def told(self, name: str, at: datetime, attributes: Attributes) -> None:
        """Something happened meanwhile."""

    def ended(self, at: datetime, attributes: Attributes, *, error: str = "") -> None:
        """With the kind of error, if there was one."""


class Tracer(Protocol):
    def began(
        self,
        name: str,
        at: datetime,
        attributes: Attributes,
        *,
        within: Span | None = None,
        client: bool = False,
    ) -> Span:
        """`client` says that another system was asked, which is the database."""

    def measured(self, name: str, value: float, attributes: Attributes) -> None:
        """One of names.METRICS."""
