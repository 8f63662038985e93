"""What runs of workflows leave behind."""

from typing import Protocol


class Artifacts(Protocol):
    def artifact(self, run: int, name: str, *, limit: int) -> bytes | None:
        """The newest artifact of that name of a run, as the archive it is; None if there is none.

        Raises UsageError for one of more than `limit` bytes.
        """
