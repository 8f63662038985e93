import pytest

from bot.core.log import inert


@pytest.mark.parametrize(
    "text",
    [
        "::error::pwned",
        "fine\n::stop-commands::x",
        "fine\r\n  \t::set-env name=A::b",
        "\u00a0::add-mask::a",
        "1 | -- ##[error]pwned",
        "\n\n\n::debug::x",
        "::error::one\n::error::two",
    ],
)
def test_nothing_the_runner_acts_upon_is_left(text: str) -> None:
    lines = inert(text).splitlines()
    assert not any(line.lstrip().startswith("::") or "##[" in line for line in lines)
    assert inert(text).replace("\u200b", "") == text


@pytest.mark.parametrize("text", ["", "a::b", "SELECT 1::int;\n  x :: y", "## [a]", "a: b\n: c"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert inert(text) == text
