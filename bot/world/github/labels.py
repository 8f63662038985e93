"""The labels of a pull request."""

from typing import Protocol

from bot.core.github.label import Label


class Labels(Protocol):
    def labels(self, pull: int) -> tuple[str, ...]: ...
    def add_label(self, pull: int, label: Label) -> None:
        """Stick it on; the repository gets it first, where it has none of that name."""

    def remove_label(self, pull: int, name: str) -> None: ...
