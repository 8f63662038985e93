"""What a text is written on."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """`width` is in columns; `colour` says that the reader's terminal shows it."""

    width: int = 80
    colour: bool = False
