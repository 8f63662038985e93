"""What a public key looks like from outside; the library that uses it has the last word."""

import re

_KEY = re.compile(r"age1[0-9a-z]{20,}|ssh-(ed25519|rsa) [A-Za-z0-9+/=]{20,}( [^\r\n]*)?")
_PRIVATE = re.compile(r"(?i)AGE-SECRET-KEY-|PRIVATE KEY")


def is_key(text: str) -> bool:
    """Whether it is a public key and not the path of a file."""
    return text.startswith(("age1", "ssh-ed25519 ", "ssh-rsa "))


def looks_private(text: str) -> bool:
    return _PRIVATE.search(text) is not None


def wrong_with(text: str) -> str:
    """Why it cannot be what backups are encrypted to; "" if nothing says so."""
    if looks_private(text):
        return "that is a private key; only public ones belong into a configuration"
    if is_key(text) and _KEY.fullmatch(text.strip()) is None:
        return "that is no public key of age or SSH"
    return ""
