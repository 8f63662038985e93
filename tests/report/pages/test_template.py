import re
from importlib.resources import files

import pytest
from jinja2 import Environment

from bot.report.pages.template import Pages


def printed(value: object) -> str:
    pages = Pages(lambda text: text.replace("s3cret", "[redacted]"))
    environment = pages._environment
    assert isinstance(environment, Environment)
    return environment.from_string("{{ value }}").render(value=value)


def test_text_is_escaped_cleaned_and_visible() -> None:
    assert printed("<b>s3cret\u202e") == "&lt;b&gt;[redacted]⟦U+202E⟧"


def test_what_is_neither_text_nor_a_number_is_refused() -> None:
    with pytest.raises(TypeError, match="neither text nor a number"):
        printed(None)


def test_prose_has_code_between_backticks_and_nothing_else() -> None:
    pages = Pages(lambda text: text)
    assert pages.prose("run `a<b>` *now*") == "run <code>a&lt;b&gt;</code> *now*"
    assert pages.prose("an odd ` one <b>") == "an odd ` one &lt;b&gt;"


def test_a_secret_that_is_cut_off_is_not_half_shown() -> None:
    pages = Pages(lambda text: text.replace("s3cret", ""))
    assert "s3c" not in pages.shown("x" * 3997 + "s3cret" + "y" * 20)


def test_no_template_goes_past_the_escaping() -> None:
    folder = files("bot.report.pages").joinpath("templates")
    names = [each.name for each in folder.iterdir()]
    assert len(names) > 8
    for name in names:
        text = folder.joinpath(name).read_text("utf-8")
        assert not re.search(r"\|\s*(safe|e|escape|forceescape|tojson)\b", text), name
        assert "autoescape" not in text
        assert "<script" not in text or name == "base.html"
        assert " style=" not in text


def test_every_template_can_be_read() -> None:
    pages = Pages(lambda text: text)
    names = pages._environment.list_templates()
    assert "index.html" in names
    for name in names:
        pages._environment.get_template(name)
