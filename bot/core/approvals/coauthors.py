"""Who else had a hand in a commit, by the trailers of its message."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# What git takes for a trailer of a co-author: any case, any space around the colon, at the start of
# a line, wherever in the message. GitHub wants the last paragraph; who is named elsewhere is meant
# too, and one name too many only asks for one more reader.
_TRAILER = re.compile(r"^co-authored-by[ \t]*:[ \t]*(.+?)[ \t]*$", re.IGNORECASE | re.MULTILINE)
_PERSON = re.compile(r"(?P<name>[^<>]*?)[ \t]*<[ \t]*(?P<email>[^<>\s]+)[ \t]*>.*")
_NOREPLY = re.compile(
    r"(?:[0-9]+\+)?(?P<login>[a-z0-9][a-z0-9_-]*(?:\[bot\])?)@users\.noreply\..+", re.IGNORECASE
)


@dataclass(frozen=True)
class Contributor:
    """Somebody as a commit names them. Either may be empty."""

    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>".strip() if self.email else self.name


def coauthors_in(message: str) -> tuple[Contributor, ...]:
    """Everybody that the message's `Co-authored-by` lines name, once, in order."""
    return tuple(dict.fromkeys(_named(message.replace("\r\n", "\n").replace("\r", "\n"))))


def _named(message: str) -> Iterator[Contributor]:
    for line in _TRAILER.findall(message):
        person = _PERSON.fullmatch(line)
        if person is not None:
            yield Contributor(person["name"], person["email"])
        elif "@" in line and " " not in line:
            yield Contributor("", line)
        else:
            yield Contributor(line, "")


def login_in(email: str) -> str | None:
    """The login in an address that GitHub gives out: `41+ada@users.noreply.github.com`, or the same
    of a GitHub Enterprise Server."""
    found = _NOREPLY.fullmatch(email.strip())
    return found["login"] if found else None
