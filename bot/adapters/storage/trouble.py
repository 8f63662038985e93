"""What an object store refused, in words, and what to do about it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import BackupError

_STATUS = re.compile(r"status code: (\d{3})")
_RETRIES = re.compile(r"after (\d+) retries")
_DENIED = frozenset({"401", "403"})
# Where a machine of a cloud would be asked who it is, if nothing else says so.
_METADATA = "169.254.169.254"

_PERMISSION = (
    "Let the credentials of this run list, read and write below that prefix, and delete too "
    "where backups are pruned. They come from the environment: AWS_…, GOOGLE_… or AZURE_…."
)


@contextmanager
def explained(words: str, action: str) -> Iterator[None]:
    """Say what could not be done: `action` completes "could not be"."""
    from obstore import exceptions

    try:
        yield
    except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError):
        raise denied(words, action) from None
    except (exceptions.NotSupportedError, NotImplementedError):
        raise BackupError(
            f"{words} cannot promise that nothing is overwritten: it knows no conditional writes.",
            hint="Use a store that does, such as S3, Google Cloud Storage, Azure or a newer MinIO.",
        ) from None
    except (FileNotFoundError, exceptions.NotFoundError):
        raise _missing(words, action) from None
    except (exceptions.BaseError, OSError, ValueError) as error:
        silent = timed_out(error)
        # What follows are the library's own notes, which name every setting.
        said = str(error).partition("\n\nDebug source")[0]
        raise _failed(words, action, "timed out" if silent else said) from None


def timed_out(error: Exception) -> bool:
    """Whether nothing was heard for as long as a request may take."""
    return "kind: Timeout" in str(error)


def denied(words: str, action: str) -> BackupError:
    return BackupError(f"{words} could not be {action}: access was denied.", hint=_PERMISSION)


def _missing(words: str, action: str) -> BackupError:
    return BackupError(
        f"{words} could not be {action}: it, or something in it, is not there.",
        hint="Look at the name of the bucket in `backup.store`, and at whether somebody has "
        "removed a part of the backup.",
    )


def _failed(words: str, action: str, said: str) -> BackupError:
    if _METADATA in said:
        return BackupError(
            f"{words} could not be {action}: there are no credentials for it.",
            hint=_PERMISSION,
        )
    status = _STATUS.search(said)
    if status is not None and status[1] in _DENIED:
        return denied(words, action)
    if status is not None and status[1] == "501":
        return BackupError(
            f"{words} does not know what was asked of it.",
            hint="Use a store that knows conditional writes.",
        )
    retries = _RETRIES.search(said)
    tried = f", also when asked {int(retries[1]) + 1} times" if retries else ""
    return BackupError(
        f"{words} could not be {action}: {_reason(said, status)}{tried}.",
        hint="Look at whether the store can be reached from here, and try again.",
    )


def _reason(said: str, status: re.Match[str] | None) -> str:
    """Without addresses: some have a signature in them."""
    if status is not None:
        return f"it answered with status {status[1]}"
    if said == "timed out":
        return "it did not answer in time"
    if "error sending request" in said:
        return "no connection could be made, or it broke"
    first = said.strip().splitlines()[0] if said.strip() else "it does not say why"
    return re.sub(r"\S*://\S+", "(its address)", first)[:200].rstrip(".")
