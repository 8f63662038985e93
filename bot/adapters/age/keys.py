"""The keys of age: public ones as the configuration names them, private ones from the environment.

Nothing that was read is part of a message: a private key may stand where a public one belongs.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.core.backups.recipients import is_key, looks_private
from bot.errors import UsageError

IDENTITY_VARIABLE = "MIGRATION_BOT_AGE_IDENTITY"
IDENTITY_FILE_VARIABLE = "MIGRATION_BOT_AGE_IDENTITY_FILE"

_SSH_END = "-----END"


def library() -> Any:
    """pyrage, where it is installed."""
    try:
        import pyrage
    except ImportError:
        raise UsageError(
            "Encrypted backups need a library that is not installed.",
            hint="Install it with `pip install 'migration-bot[backup]'`.",
        ) from None
    return pyrage


def keys_in(named: Iterable[str], read: Callable[[str], str | None]) -> tuple[str, ...]:
    """The public keys that are named, those in files included. `read` gives a file's text.

    Raises UsageError for one that cannot be used, before anything is dumped.
    """
    keys: dict[str, None] = {}
    for each in named:
        if is_key(each):
            keys[_bare(each)] = None
            continue
        text = read(each)
        if text is None:
            raise _unusable(f"{each} is neither a public key nor a file of them.")
        listed = [line.strip() for line in text.splitlines()]
        found = [line for line in listed if line and not line.startswith("#")]
        if not found:
            raise _unusable(f"{each} has no public key in it.")
        keys.update((_bare(line), None) for line in found)
    for number, key in enumerate(keys, start=1):
        recipient(key, number)
    return tuple(keys)


def recipient(key: str, number: int = 1) -> Any:
    """The library's own of a public key. Raises UsageError if it is none."""
    age = library()
    if looks_private(key):
        raise UsageError(
            f"`encrypt_to` has a private key as its key {number}.",
            hint="Take it out, and make a new pair: whoever reads the configuration could read "
            "every backup. Only public keys belong there.",
        )
    try:
        made = age.ssh if key.startswith("ssh-") else age.x25519
        return made.Recipient.from_str(key)
    except age.RecipientError:
        shown = f"{key[:16]}…" if is_key(key) else "it begins with neither age1 nor ssh-"
        raise _unusable(f"Key {number} of `encrypt_to` cannot be read ({shown}).") from None


def identities(environ: Mapping[str, str]) -> list[Any]:
    """The private keys that the environment holds or names a file of. Raises UsageError."""
    text = environ.get(IDENTITY_VARIABLE, "") or _from_file(environ)
    if not text.strip():
        raise UsageError(
            "The backup is encrypted, and there is no key to read it with.",
            hint=f"Set {IDENTITY_VARIABLE} to the private key, or {IDENTITY_FILE_VARIABLE} to "
            "its file, where somebody who may read the backup runs this.",
        )
    try:
        found = list(_identities(text.replace("\\n", "\n")))
    except library().IdentityError:
        found = []
    if not found:
        raise _no_identity(source_of(environ))
    return found


def source_of(environ: Mapping[str, str]) -> str:
    """The variable that the private keys come from."""
    return IDENTITY_VARIABLE if environ.get(IDENTITY_VARIABLE) else IDENTITY_FILE_VARIABLE


def _from_file(environ: Mapping[str, str]) -> str:
    path = environ.get(IDENTITY_FILE_VARIABLE, "")
    if not path:
        return ""
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UsageError(
            f"{IDENTITY_FILE_VARIABLE} names a file that cannot be read: {why}.",
            hint="Name the file that `age-keygen` wrote, or a private key of SSH.",
        ) from None


def _identities(text: str) -> Iterator[Any]:
    age = library()
    if _SSH_END in text:
        yield age.ssh.Identity.from_buffer(text.strip().encode() + b"\n")
        return
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            yield age.x25519.Identity.from_str(line.strip())


def _no_identity(variable: str) -> UsageError:
    return UsageError(
        f"What {variable} gives is no private key of age or SSH.",
        hint="Give the line that begins with AGE-SECRET-KEY-1, or the whole file of an SSH key "
        "without a passphrase.",
    )


def _bare(key: str) -> str:
    """Less the comment of an SSH key, which is a name and a host."""
    return " ".join(key.split()[:2])


def _unusable(what: str) -> UsageError:
    return UsageError(
        what,
        hint="Name public keys such as age1…, ssh-ed25519 … or ssh-rsa …, or a file below the "
        "checkout with one on each line. Nothing was dumped.",
    )
