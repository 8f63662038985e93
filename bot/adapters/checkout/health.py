"""Whether a checkout has its history, a base, and the bytes that git has."""

from collections.abc import Iterator

from bot.adapters.checkout.checkout import Checkout
from bot.adapters.checkout.git import Git
from bot.core.doctor.check import Trouble
from bot.core.doctor.checkout import CheckoutLook, LineEnds
from bot.errors import UsageError


def health_of(checkout: Checkout) -> CheckoutLook:
    """Raises UsageError where git cannot be asked at all."""
    if checkout.root is None:
        return CheckoutLook(None)
    git = checkout.git
    return CheckoutLook(
        top=str(checkout.root),
        shallow=git.shallow,
        autocrlf=git.ask("config", "--get", "core.autocrlf") or "",
        line_ends=tuple(_line_ends(git, checkout.folder)),
        base=_base(checkout),
    )


def _base(checkout: Checkout) -> str | Trouble:
    try:
        found = checkout.base()
    except UsageError as error:
        return Trouble.of(error)
    return found.ref


def _line_ends(git: Git, folder: str) -> Iterator[LineEnds]:
    """`i/lf    w/crlf  attr/text=auto eol=lf \\t path`, ended by a zero byte."""
    for each in git.read("ls-files", "--eol", "-z", "--", folder).split(b"\0"):
        about, _, path = each.decode("utf-8", "replace").partition("\t")
        parts = about.split(maxsplit=2)
        if len(parts) == 3:
            index, worktree, attributes = parts
            yield LineEnds(
                path,
                index.removeprefix("i/"),
                worktree.removeprefix("w/"),
                attributes.removeprefix("attr/").strip(),
            )
