"""The line of a command, read."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.github.command import Command, Misread, Verb, read_line, usage

_names = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,20}", fullmatch=True)
_maybe = st.none() | _names
_printable = st.characters(exclude_categories=["C", "Z"], exclude_characters='"') | st.just(" ")
_reasons = st.text(_printable, min_size=1, max_size=60).map(str.strip).filter(bool)
COMMANDS = st.one_of(
    st.sampled_from([Verb.HELP, Verb.CHECK, Verb.APPROVE]).map(Command),
    st.builds(Command, st.sampled_from([Verb.PLAN, Verb.RETRY, Verb.RESUME]), _maybe),
    st.builds(Command, st.sampled_from([Verb.APPLY, Verb.UNLOCK, Verb.ROLLBACK]), _names),
    st.builds(Command, st.just(Verb.RESOLVE), _names, applied=_names),
    st.builds(Command, st.just(Verb.RESOLVE), _names, rolled_back=_names),
    st.builds(Command, st.just(Verb.ROLLBACK), _names, to=_names),
    st.builds(Command, st.just(Verb.ROLLBACK), _names, steps=st.integers(1, 99)),
    st.builds(Command, st.just(Verb.OVERRIDE), _maybe, gate=st.just("freeze"), reason=_reasons),
)


@given(COMMANDS)
def test_what_a_command_writes_is_read_as_that_command(command: Command) -> None:
    assert read_line(str(command)) == command


@given(COMMANDS, st.sampled_from([" ", "\t", "   "]))
def test_blanks_between_the_words_and_at_the_end_say_nothing(command: Command, blank: str) -> None:
    reason = f'reason:"{command.reason}"'
    line = str(command).replace(reason, "").replace(" ", blank) + reason * bool(command.reason)
    assert read_line(line + blank) == command


@given(COMMANDS, _names.filter(lambda each: not each.startswith("-")))
def test_whatever_follows_a_whole_command_is_refused(command: Command, more: str) -> None:
    full = command.target is not None or command.verb in (Verb.HELP, Verb.CHECK, Verb.APPROVE)
    read = read_line(f"{command} {more}")
    if full or command.reason:
        assert isinstance(read, Misread)
    else:
        assert read == Command(command.verb, more)


@given(COMMANDS, st.characters(exclude_characters=string.printable), st.data())
def test_a_character_that_is_not_plain_makes_no_command(
    command: Command, strange: str, data: st.DataObject
) -> None:
    """Outside the reason, which is for people to read."""
    line = str(command)
    end = line.find("reason:") if command.reason else len(line)
    place = data.draw(st.integers(len("/migrate") + 1, end))
    assert isinstance(read_line(f"{line[:place]}{strange}{line[place:]}"), Misread)


@pytest.mark.parametrize("verb", Verb)
def test_a_verb_that_is_nearly_right_is_named(verb: Verb) -> None:
    read = read_line(f"/migrate {verb.value[:-1]}x")
    assert isinstance(read, Misread)
    assert usage(verb) in read.hint


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/migrate apply", "which target"),
        ("/migrate unlock", "which target"),
        ("/migrate apply staging please", "“please” is not part of it"),
        ("/migrate apply staging production", "“production” is not part of it"),
        ("/migrate approve staging", "“staging” is not part of it"),
        ("/migrate resolve staging", "one of --applied and --rolled-back"),
        ("/migrate resolve staging --applied", "followed by nothing"),
        ("/migrate resolve staging --applied a --rolled-back b", "one of --applied"),
        ("/migrate resolve staging --aplied a", "did you mean --applied?"),
        ("/migrate rollback staging --steps 0", "“0” is not what --steps takes"),
        ("/migrate rollback staging --steps 1 --steps 2", "one of --to and --steps"),
        ("/migrate rollback staging --to ../x", "“../x” is not what --to takes"),
        ("/migrate apply -x", "“-x” is not part of it"),
        ("/migrate override freeze", "straight quotes"),
        ('/migrate override freeze reason:""', "straight quotes"),
        ('/migrate override freeze reason:"  "', "straight quotes"),
        ('/migrate override freeze reason:"a" now', "straight quotes"),
        ('/migrate override freeze reason:"a"b"', "straight quotes"),
        ("/migrate override freeze reason:“a”", "straight quotes"),
        ('/migrate override approval reason:"a"', "Only the gate freeze"),
        ('/migrate override reason:"a"', "Only the gate freeze"),
        ('/migrate override freeze staging more reason:"a"', "“more” is not part of it"),
        ('/migrate override freeze reason:"a\u202eb"', "look like"),
        ("/migrate apply stagіng", "look like"),
        ("/migrate аpply staging", "look like"),
        ("/migrate " + "x" * 500, "longer than 500"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(line: str, said: str) -> None:
    read = read_line(line)
    assert isinstance(read, Misread)
    assert said in read.message
    assert read.hint


def test_the_word_alone_asks_for_help() -> None:
    assert read_line("/migrate") == Command(Verb.HELP)


def test_only_the_first_word_of_the_grammar_is_a_verb() -> None:
    assert usage(Verb.OVERRIDE) == '/migrate override freeze [TARGET] reason:"…"'
    assert usage(Verb.RETRY) == "/migrate retry [TARGET]"
