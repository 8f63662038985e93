"""What a rule is: a module with a docstring, a severity, a fix, examples, and one check.

The docstring's first line is the title and the rest is the reason. A rule is named after its
module, with dashes: `index_create_blocking` is `index-create-blocking`. It has exactly one of
`check` (called for each statement of a new migration), `check_migration` (once for each new
migration), `check_change` and `check_history` (once for the history), `check_rehearsed` (once for
each new migration that was rehearsed) and `check_rehearsal` (once for a rehearsal). Each yields a
Hit, or a sentence that is one.
A rule that is only about some kinds of action names them in ABOUT, and is not asked about others.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from bot.core.findings.finding import Severity
from bot.core.migrations.history import Change
from bot.core.migrations.statement import Position


@dataclass(frozen=True)
class Hit:
    """What a rule says about one place.

    `about` is the part of the statement that it is about: one of its actions, a column or a
    constraint it defines, or one of the names it lists; the finding is then shown at that part.
    `at` is another place in the file; `path` is another file than the one being judged. `fix`
    stands in for the rule's own where this place needs a command to paste, and `severity` where it
    is graver or lighter here than usual. `relation` is the table it is about, where no statement
    says so. `statement` is the index of the statement it is about, where a rule looks at a whole
    migration.
    """

    message: str
    at: Position | None = None
    path: str | None = None
    fix: str | None = None
    severity: Severity | None = None
    relation: str = ""
    statement: int | None = None
    about: object = field(default=None, compare=False)


Hits = Iterable[Hit | str]


@runtime_checkable
class Rule(Protocol):
    """The constants every rule module has, besides its examples.

    BAD and GOOD are SQL, tests and documentation; QUIET are more cases that it leaves alone, and
    BEFORE, where there is one, is an earlier migration that the examples stand on. PRISMA and
    POSTGRES are the versions they are for, where that matters. A rule whose SEVERITY is None is
    off until a configuration gives it one.

    OPTIONS, where there is one, is a frozen dataclass with the defaults of what a configuration may
    set; EXAMPLE has the same type and is what the examples are for. NEEDS_OPTIONS says that the
    rule finds nothing with the defaults.
    """

    @property
    def __name__(self) -> str: ...
    # object has it as an attribute that can be written; a module's is only read here.
    @property
    def __doc__(self) -> str | None: ...  # type: ignore[override]
    @property
    def SEVERITY(self) -> Severity | None: ...  # noqa: N802
    @property
    def FIX(self) -> str: ...  # noqa: N802


@runtime_checkable
class ChangeRule(Rule, Protocol):
    """A rule about the history as a whole."""

    def check_change(self, change: Change) -> Hits: ...


def name_of(rule: Rule) -> str:
    return rule.__name__.rpartition(".")[2].replace("_", "-")


def subject_of(rule: Rule) -> str:
    """The folder that its module is in: "columns"."""
    return rule.__name__.rpartition(".")[0].rpartition(".")[2]


def fixable(rule: Rule) -> bool:
    """Whether it can say what to write instead, so that `migration-bot fix` can rewrite it."""
    return hasattr(rule, "rewrite")


def options_of(rule: Rule) -> Any:
    """The defaults of its options; None if it has none."""
    return getattr(rule, "OPTIONS", None)


def needs_options(rule: Rule) -> bool:
    return bool(getattr(rule, "NEEDS_OPTIONS", False))


def title_of(rule: Rule) -> str:
    return (rule.__doc__ or "").strip().partition("\n")[0]


def reason_of(rule: Rule) -> str:
    """The docstring after its first line, as paragraphs of running text."""
    rest = (rule.__doc__ or "").strip().partition("\n")[2].strip()
    return "\n\n".join(" ".join(block.split()) for block in rest.split("\n\n"))
