"""The commands that a comment may give, as values, and the line that says one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import Enum, StrEnum

WORD = "/migrate"
FREEZE = "freeze"
_LONGEST = 500
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,254}")
_STEPS = re.compile(r"[1-9][0-9]?")
_REASON = re.compile(r'(?:^|(?<=[ \t]))reason:"([^"]*)"[ \t]*$')


class Verb(StrEnum):
    HELP = "help"
    CHECK = "check"
    PLAN = "plan"
    APPROVE = "approve"
    APPLY = "apply"
    RETRY = "retry"
    RESUME = "resume"
    RESOLVE = "resolve"
    ROLLBACK = "rollback"
    UNLOCK = "unlock"
    OVERRIDE = "override"


@dataclass(frozen=True)
class Command:
    """One command. `target` is None where it was left out.

    `applied`, `rolled_back` and `to` are migrations' names. `gate` is what an override is for, and
    `reason` is why, in the words of who gave it.
    """

    verb: Verb
    target: str | None = None
    applied: str | None = None
    rolled_back: str | None = None
    to: str | None = None
    steps: int | None = None
    gate: str | None = None
    reason: str = ""

    def __str__(self) -> str:
        """The line that says it."""
        words = [WORD, self.verb.value, self.gate, self.target]
        options = {"--applied": self.applied, "--rolled-back": self.rolled_back, "--to": self.to}
        for name, value in (*options.items(), ("--steps", self.steps)):
            words += [name, str(value)] if value is not None else []
        words += [f'reason:"{self.reason}"'] if self.reason else []
        return " ".join(word for word in words if word)


@dataclass(frozen=True)
class Misread:
    """A line that was meant as a command and is none: what is wrong, and how it is written."""

    message: str
    hint: str


class _Target(Enum):
    NONE = ""
    OPTIONAL = "[TARGET]"
    REQUIRED = "TARGET"


@dataclass(frozen=True)
class _Shape:
    """What may follow a verb. `options` give the field that each is for; at most one may be given,
    and one must if it is `one_of`."""

    target: _Target = _Target.NONE
    options: Mapping[str, str] | None = None
    one_of: bool = False
    usage: str = ""


_SHAPES = {
    Verb.HELP: _Shape(),
    Verb.CHECK: _Shape(),
    Verb.PLAN: _Shape(_Target.OPTIONAL),
    Verb.APPROVE: _Shape(),
    Verb.APPLY: _Shape(_Target.REQUIRED),
    Verb.RETRY: _Shape(_Target.OPTIONAL),
    Verb.RESUME: _Shape(_Target.OPTIONAL),
    Verb.RESOLVE: _Shape(
        _Target.REQUIRED,
        {"--applied": "applied", "--rolled-back": "rolled_back"},
        one_of=True,
        usage="(--applied MIGRATION | --rolled-back MIGRATION)",
    ),
    Verb.ROLLBACK: _Shape(
        _Target.REQUIRED,
        {"--to": "to", "--steps": "steps"},
        usage="[--to MIGRATION | --steps N]",
    ),
    Verb.UNLOCK: _Shape(_Target.REQUIRED),
    Verb.OVERRIDE: _Shape(_Target.OPTIONAL, usage='reason:"…"'),
}


def usage(verb: Verb) -> str:
    """How the command is written."""
    shape = _SHAPES[verb]
    gate = FREEZE if verb is Verb.OVERRIDE else ""
    words = (WORD, verb.value, gate, shape.target.value, shape.usage)
    return " ".join(word for word in words if word)


def read_line(line: str) -> Command | Misread:
    """The command that a line says; the line begins with the word of all commands."""
    if len(line) > _LONGEST:
        return Misread(f"The line is longer than {_LONGEST} characters.", "Say it in fewer words.")
    words = re.split(r"[ \t]+", line.removeprefix(WORD).strip(" \t"))
    given = words[0]
    if not given:
        return Command(Verb.HELP)
    verb = next((each for each in Verb if each.value == given), None)
    if verb is None:
        return _unknown_verb(given)
    if verb is Verb.OVERRIDE:
        return _override(line)
    return _arguments(Command(verb), words[1:])


def _unknown_verb(given: str) -> Misread:
    if not given.isascii():
        return lookalike()
    near = get_close_matches(given.lower(), [each.value for each in Verb], n=1, cutoff=0.5)
    said = f"Did you mean `{usage(Verb(near[0]))}`? " if near else ""
    return Misread(
        f"There is no command {_shown(given)}.", f"{said}`{WORD} help` lists the commands."
    )


def lookalike() -> Misread:
    return Misread(
        "The line holds characters that only look like those of a command, or none at all.",
        f"Type it anew, in lower case and plain letters, such as `{WORD} help`.",
    )


def _arguments(command: Command, words: Sequence[str]) -> Command | Misread:
    """What follows the verb, word for word."""
    shape, options = _SHAPES[command.verb], _SHAPES[command.verb].options or {}
    waiting, given = list(words), 0
    while waiting:
        word = waiting.pop(0)
        if word in options:
            if not waiting:
                return _wrong(command.verb, f"{word} is followed by nothing.")
            value = waiting.pop(0)
            if (made := _with_option(command, options[word], value)) is None:
                return _wrong(command.verb, f"{_shown(value)} is not what {word} takes.", value)
            command, given = made, given + 1
        elif shape.target is not _Target.NONE and command.target is None and _NAME.fullmatch(word):
            command = replace(command, target=word)
        else:
            return _unexpected(command.verb, word, options)
    if shape.target is _Target.REQUIRED and command.target is None:
        return _wrong(command.verb, "It does not say which target.")
    if given > 1 or (shape.one_of and not given):
        return _wrong(command.verb, f"It takes one of {' and '.join(options)}.")
    return command


def _with_option(command: Command, name: str, value: str) -> Command | None:
    if name == "steps":
        return replace(command, steps=int(value)) if _STEPS.fullmatch(value) else None
    # Each option but the steps is a field of text; mypy cannot know which.
    return replace(command, **{name: value}) if _NAME.fullmatch(value) else None  # type: ignore[arg-type]


def _override(line: str) -> Command | Misread:
    """The reason is the only argument that may hold blanks, so it comes last and between quotes."""
    found = _REASON.search(line)
    if found is None or not found[1].strip():
        return _wrong(Verb.OVERRIDE, "It needs a reason between straight quotes, at the end.")
    if not found[1].isprintable():
        return lookalike()
    gate, *words = [*re.split(r"[ \t]+", line[: found.start()].strip(" \t"))[2:], ""]
    if gate != FREEZE:
        return _wrong(Verb.OVERRIDE, f"Only the gate {FREEZE} can be overridden.", gate)
    named = [word for word in words if word]
    return _arguments(Command(Verb.OVERRIDE, gate=gate, reason=found[1].strip()), named)


def _wrong(verb: Verb, message: str, value: str = "") -> Misread:
    if not value.isascii():
        return lookalike()
    return Misread(message, f"Write `{usage(verb)}`.")


def _unexpected(verb: Verb, word: str, options: Mapping[str, str]) -> Misread:
    near = get_close_matches(word, options, n=1, cutoff=0.5) if word.startswith("-") else []
    said = f"; did you mean {near[0]}?" if near else ", and nothing may follow a command."
    return _wrong(verb, f"{_shown(word)} is not part of it{said}", word)


def _shown(word: str) -> str:
    """As it was written, between quotes; what is no plain character is shown by its number."""
    return f"“{word[:60].encode('ascii', 'backslashreplace').decode()}”"
