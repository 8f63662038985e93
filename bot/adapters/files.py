"""Files that a command line names: read whole, written whole or not at all."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from bot.errors import UsageError


class Files:
    """The machine's files, by paths from where the command was called."""

    def read(self, path: str) -> str:
        """Raises UsageError for a file that cannot be read."""
        try:
            return Path(path).read_text("utf-8")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8"
            raise UsageError(
                f"{path} cannot be read: {reason}.", hint="Check the path and try again."
            ) from None

    def write(self, path: str, text: str) -> None:
        """Put a file there, or leave what is there alone. Raises UsageError if it cannot be."""
        place = Path(path)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            _replace(place, text.encode("utf-8", "replace"))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "that is no path"
            raise UsageError(
                f"{path} cannot be written: {reason}.",
                hint="Name a file in a directory that you may write to.",
            ) from None


def _replace(place: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        os.replace(name, place)  # noqa: PTH105 - over what is there, as `rename` does not everywhere
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
