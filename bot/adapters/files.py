"""Files that a command line names: read whole, written whole or not at all."""

import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from bot.errors import UsageError

# In a folder that was written as a whole: what it was written with.
_LIST = ".migration-bot-files"
_FIRST_LINE = "# Written by migration-bot, which removes these when it writes here again."


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

    def write_folder(self, path: str, texts: Mapping[str, str]) -> Mapping[str, int]:
        """Put these files there. What an earlier call has put there and this one has not goes.
        Raises UsageError, also for a folder that is not empty and not ours."""
        place = Path(path)
        try:
            before = _listed(place)
            if before is None and place.exists() and any(place.iterdir()):
                raise UsageError(
                    f"{path} holds files that are not mine, and may be somebody's.",
                    hint="Name a folder that is empty, or not there yet.",
                )
            place.mkdir(parents=True, exist_ok=True)
            # First of all, so that a call that is broken off can be made again.
            _replace(place / _LIST, _list_of({*texts, *(before or ())}))
            sizes = {name: _put(place, name, text) for name, text in texts.items()}
            for name in sorted((before or set()) - texts.keys()):
                _remove(place, name)
            _replace(place / _LIST, _list_of(texts))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "that is no path"
            raise UsageError(
                f"{path} cannot be written: {reason}.",
                hint="Name a folder that you may write to, or one that is not there yet.",
            ) from None
        return sizes


def _list_of(names: Iterable[str]) -> bytes:
    return "".join(f"{name}\n" for name in (_FIRST_LINE, *sorted(names))).encode()


def _listed(place: Path) -> set[str] | None:
    """The files that an earlier call has put there; None if none did. What the list names outside
    of the folder is not believed."""
    try:
        first, *names = (place / _LIST).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return None
    return set(filter(_inside, names)) if first == _FIRST_LINE else None


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _put(place: Path, name: str, text: str) -> int:
    """Raises ValueError for a name that leads out of the folder."""
    if not _inside(name):
        raise ValueError(name)
    path, content = place / name, text.encode("utf-8", "replace")
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.parent.resolve() != place.resolve().joinpath(*PurePosixPath(name).parent.parts):
        raise ValueError(name)
    _replace(path, content)
    return len(content)


def _remove(place: Path, name: str) -> None:
    """With the folders that are empty then."""
    path = place / name
    if path.parent.resolve() != place.resolve().joinpath(*PurePosixPath(name).parent.parts):
        return
    path.unlink(missing_ok=True)
    for folder in list(path.parents)[: len(PurePosixPath(name).parent.parts)]:
        with suppress(OSError):
            folder.rmdir()


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
