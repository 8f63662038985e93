"""How a command ends, by what has ended it."""

import pytest

from bot.commands.session import Options
from bot.errors import ExitCode, UsageError, was_interrupted
from bot.wiring.ending import Ending


def broken_off() -> RuntimeError:
    """What Python 3.11 makes of a signal that comes while a class is made."""
    error = RuntimeError("Error calling __set_name__")
    error.__context__ = error.__cause__ = KeyboardInterrupt()
    return error


def ending(verb: str) -> Ending:
    return Ending(Options(None, None, True, 0, verb), {})


def test_what_a_signal_broke_off_is_no_fault_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    assert ending("apply").of(broken_off()) == ExitCode.INTERRUPTED

    said = capsys.readouterr().err
    assert said == "\ninterrupted; what was committed is applied, and nothing else\n"


def test_a_fault_stays_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert ending("check").of(RuntimeError("no such thing")) == ExitCode.FAULT
    assert "RuntimeError: no such thing" in capsys.readouterr().err


def test_an_error_that_tells_of_the_interruption_is_told_itself(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = UsageError("It was broken off.", hint="Run it again.")
    told.__context__ = broken_off()

    assert was_interrupted(told)
    assert ending("apply").of(told) == ExitCode.USAGE
    assert capsys.readouterr().err == "error: It was broken off.\nhint:  Run it again.\n"


def test_an_exit_is_none_of_ours() -> None:
    with pytest.raises(SystemExit):
        ending("check").of(SystemExit(3))
