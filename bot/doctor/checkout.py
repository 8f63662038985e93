"""The checkout: whether migrations are found, compared and hashed as everywhere else."""

from collections.abc import Iterator, Sequence

from bot.core.counting import count
from bot.core.doctor.check import Check, Trouble, failed, passed, refused, skipped, warned
from bot.core.doctor.checkout import CheckoutLook, LineEnds
from bot.core.migrations.history import History
from bot.core.migrations.migration import LOCK_FILE

_PROVIDERS = ("postgresql", "postgres")


def checkout_checks(look: CheckoutLook, history: History | Trouble) -> Iterator[Check]:
    yield folder(history)
    yield lock_file(history)
    if look.top is None:
        why = "there is no git repository here."
        yield from (skipped(name, why) for name in ("line-ends", "base", "clone"))
        return
    where = history.folder if isinstance(history, History) else ""
    yield line_ends(look, where)
    yield base(look.base)
    yield clone(look)


def folder(history: History | Trouble) -> Check:
    if isinstance(history, Trouble):
        return refused("folder", history)
    if history.unreadable:
        path, why = next(iter(history.unreadable.items()))
        number = count(len(history.unreadable), "file")
        said = f"{number} of {history.folder} cannot be read, such as {path}: {why}."
        return failed("folder", said, "Let this user read it, or mend it as that says.")
    found = count(len(history.migrations), "migration")
    if history.incomplete:
        return warned(
            "folder",
            f"{found} in {history.folder}, and {history.incomplete[0]} without a migration.sql.",
            f"Remove it: `git rm -r {history.path_of(history.incomplete[0], '')}`.",
        )
    return passed("folder", f"{found} in {history.folder}.")


def lock_file(history: History | Trouble) -> Check:
    if isinstance(history, Trouble):
        return skipped("lock-file", "there is no migrations folder to look for it in.")
    advice = f'Write `provider = "postgresql"` into {history.lock_path}, and commit it.'
    if history.provider is None:
        return failed("lock-file", f"There is no {LOCK_FILE}: Prisma wants one.", advice)
    if history.provider not in _PROVIDERS:
        named = history.provider or "none"
        return failed("lock-file", f"{LOCK_FILE} names the provider {named}.", advice)
    return passed("lock-file", f"{LOCK_FILE} names PostgreSQL.")


def line_ends(look: CheckoutLook, where: str) -> Check:
    """A checksum is of the bytes: git must not write other ones into a working tree."""
    advice = (
        f"Add the line `{where}/** -text` to .gitattributes, commit it, and check them out anew "
        f"with `git rm -r --cached -q {where} && git reset --hard`."
    )
    changed = [each for each in look.line_ends if _is_changed(each)]
    if changed:
        some = f"{count(len(changed), 'file')}, such as {changed[0].path},"
        verb = "has" if len(changed) == 1 else "have"
        said = f"{some} {verb} other line ends here than in git: checksums differ."
        return failed("line-ends", said, advice)
    loose = [each for each in look.line_ends if not _is_kept(each, look.autocrlf)]
    if loose:
        setting = f"core.autocrlf is {look.autocrlf}" if look.autocrlf else "by .gitattributes"
        return warned(
            "line-ends",
            f"git may write other line ends into a working tree ({setting}): checksums would "
            "differ there.",
            f"Add the line `{where}/** -text` to .gitattributes, and commit it.",
        )
    if any(each.index in ("crlf", "mixed") for each in look.line_ends):
        return passed("line-ends", "Line ends are those of git, some of them of Windows.")
    return passed("line-ends", "Line ends are those of git.")


def base(found: str | Trouble) -> Check:
    if isinstance(found, Trouble):
        return refused("base", found)
    return passed("base", f"A check compares with {found}.")


def clone(look: CheckoutLook) -> Check:
    if look.shallow:
        return warned(
            "clone",
            "This clone is shallow: which commit brought a migration cannot always be told.",
            "Run `git fetch --unshallow`; in a workflow, check out with `fetch-depth: 0`.",
        )
    return passed("clone", "The clone has its whole history.")


def _is_changed(each: LineEnds) -> bool:
    ends = ("lf", "crlf", "mixed")
    return each.index in ends and each.worktree in ends and each.index != each.worktree


def _is_kept(each: LineEnds, autocrlf: str) -> bool:
    """Whether every machine has the bytes that git has."""
    given: Sequence[str] = each.attributes.split()
    if "-text" in given:
        return True
    if each.index in ("none", "-text"):
        return True
    if "eol=lf" in given:
        return each.index == "lf"
    if "text" in given or "text=auto" in given or "eol=crlf" in given:
        return False
    return autocrlf not in ("true", "input")
