"""The one redactor: strikes secrets out of every text that leaves the bot.

A secret is looked for in each form that text can take on its way: as it is, percent-encoded in
part or whole, escaped for JSON, HTML, SQL or a shell, in base64 and in hexadecimal. Instead of
listing spellings, the text is folded (every escape becomes what it stands for), and so is the
secret: equal after folding means equal.
"""

import base64
import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import pairwise
from urllib.parse import parse_qsl, unquote, urlsplit

from bot.core.migrations.fold import View, folded, views

MARK = "[redacted]"
SHORTEST = 4

_NAME = re.compile(
    r"(TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRET|CIPHER_PASS|CONNECTION_STRING"
    # The last of them are those of object stores, of vendors and of WAL-G.
    r"|(ACCESS|SECRET|PRIVATE|ACCOUNT|MASTER|SAS|ENCRYPTION|CUSTOMER|API|LIBSODIUM)_KEY(_BASE64)?)$"
)
# A connection string with its password in front of the host, or among its parameters.
_CONNECTION = re.compile(
    r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/?#@]*:[^\s]+@|(?i:(?<![a-z0-9_])(?:ssl)?password\s*=\s*[^\s&])"
)
_HARMLESS = frozenset({"true", "false", "none", "null", "read", "write"})

# The lengths are bounded so that hostile text costs no more than its own length.
_PASSWORDS = (
    re.compile(rb"://[^\s:/?#@\"'<>]{0,256}:(?!\d{1,5}/)([^\s\"'<>]{1,1024})@"),
    re.compile(rb"(?i)(?<![a-z0-9])(?:ssl)?password=('(?:[^'\\]|\\.){0,1024}'|[^\s&'\"]{1,1024})"),
    re.compile(rb"(?i)\"(?:ssl)?password\": ?\"((?:[^\"\\]|\\.){1,1024})\""),
    re.compile(rb"(?i)\b(AGE-SECRET-KEY-(?:PQ-)?1[a-z0-9]{1,4096})"),
    re.compile(rb"\b(gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255})"),
)

Span = tuple[int, int]


def is_secret(name: str, value: str) -> bool:
    """Whether a variable of an environment holds a secret, by its name or by what is in it."""
    named = _NAME.search(name.upper()) is not None and value.lower() not in _HARMLESS
    return named or _CONNECTION.search(value) is not None


class Redactor:
    """Replaces secrets by `[redacted]`. Secrets shorter than four characters are left alone:
    striking them out would take ordinary words along. Passwords in a connection string are struck
    out whatever they are, known or not.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets for form in _forms(secret)}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self._needles = tuple(frozenset(view) for view in _needles(longest_first))

    @classmethod
    def from_environment(
        cls,
        environ: Mapping[str, str],
        names: Iterable[str] = (),
        *,
        urls: Iterable[str] = (),
    ) -> "Redactor":
        """Everything secret in an environment: the connection strings that `names` name and all
        others in sight, the passwords in them, and every value that its name calls a secret. So
        are `urls`, which came from elsewhere.
        """
        chosen = set(names)
        secrets = {each for url in urls for each in (url, *_credentials(url))}
        for name, value in environ.items():
            if name in chosen or _CONNECTION.search(value):
                secrets |= {value, *_credentials(value), *_listed(value)}
            elif is_secret(name, value):
                secrets |= {value, *_keys(value)}
        return cls(secrets)

    def redact(self, text: str) -> str:
        raw = text.encode("utf-8", "surrogatepass")
        spans = _merged([*self._known(raw), *_passwords(raw)])
        if not spans:
            return text
        edges = [(0, 0), *spans, (len(raw), len(raw))]
        kept = [raw[left[1] : right[0]] for left, right in pairwise(edges)]
        return MARK.encode().join(kept).decode("utf-8", "surrogatepass")

    def _known(self, raw: bytes) -> Iterator[Span]:
        if not any(self._needles):
            return
        for needles, view in zip(self._needles, views(raw), strict=True):
            for needle in needles:
                yield from _found(needle, view)


def _found(needle: bytes, view: View) -> Iterator[Span]:
    start = view.text.find(needle)
    while start >= 0:
        yield view.span(start, start + len(needle))
        start = view.text.find(needle, start + 1)


def _passwords(raw: bytes) -> Iterator[Span]:
    for pattern in _PASSWORDS:
        for match in pattern.finditer(raw):
            if match[1] != MARK.encode():
                yield match.span(1)


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Overlapping and touching spans as one, so that no piece of a secret stays between two."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _needles(forms: Iterable[bytes]) -> Iterator[list[bytes]]:
    """For each view of a text, the secrets as they look in that view."""
    by_form = [folded(form) for form in forms]
    for column in zip(*by_form, strict=True) if by_form else ():
        yield [needle for needle in column if len(needle) >= SHORTEST]


def _forms(secret: str) -> Iterator[bytes]:
    for piece in {secret, secret.strip(), *_long_lines(secret)}:
        if len(piece) < SHORTEST:
            continue
        data = piece.encode("utf-8", "surrogatepass")
        # A trailing backslash would swallow whatever follows it in an escaped text.
        yield data.rstrip(b"\\") if len(data.rstrip(b"\\")) >= SHORTEST else data
        # Between single quotes a shell takes a backslash as it is, and folding does not.
        yield shlex.quote(piece).encode("utf-8", "surrogatepass")
        yield from (data.hex().encode(), data.hex().upper().encode())
        yield from (form for form in _base64(data) if len(form) >= SHORTEST)


def _long_lines(secret: str) -> list[str]:
    """The lines of a key file: logs show them one by one."""
    lines = [line.strip() for line in secret.splitlines()]
    return [line for line in lines if len(line) >= 8] if len(lines) > 1 else []


def _base64(data: bytes) -> Iterator[bytes]:
    """The characters that only the secret decides, at each of the three alignments."""
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + data)
        whole_bits = (offset + len(data)) * 8
        middle = encoded[-(-offset * 8 // 6) : whole_bits // 6]
        yield from (middle, middle.replace(b"+", b"-").replace(b"/", b"_"))


def _listed(value: str) -> Iterator[str]:
    """The connection strings in a list of them, in JSON or on lines, and what is secret in each."""
    try:
        texts = list(_texts(json.loads(value)))
    except (ValueError, RecursionError):
        texts = value.split()
    for each in texts:
        if each != value and _CONNECTION.search(each):
            yield from (each, *_credentials(each))


def _keys(value: str) -> Iterator[str]:
    """The private key in a file of JSON that stands for an account."""
    if "PRIVATE KEY" in value:
        with suppress(ValueError, RecursionError):
            yield from (each for each in _texts(json.loads(value)) if "PRIVATE KEY" in each)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _credentials(value: str) -> Iterator[str]:
    """The secret parts of a connection string, encoded and decoded; none if it cannot be read."""
    greedy = re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s:/?#@]*:(\S+)@", value)
    found = [greedy[1]] if greedy else []
    try:
        parts = urlsplit(value)
        found += [parts.password or ""]
        query = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        query = []
    found += [each for name, each in query if name.lower() in ("password", "sslpassword")]
    found += [each.strip("'") for each in re.findall(r"(?i)password\s*=\s*('[^']*'|\S+)", value)]
    for each in found:
        yield from (each, unquote(each))
