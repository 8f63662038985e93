"""Templates print nothing that was not escaped for its place."""

import pytest
from jinja2 import UndefinedError

from bot.report.template import Shown, _environment


@pytest.mark.parametrize(
    "template", ["{{ name }}", "{{ name ~ 'x' }}", "{{ 'x' if name else '' }}"]
)
def test_text_without_a_filter_is_refused(template: str) -> None:
    with pytest.raises(TypeError, match="without saying how it is escaped"):
        _environment().from_string(template).render(name="<b>")


def test_a_name_nobody_gave_is_refused() -> None:
    with pytest.raises((UndefinedError, TypeError)):
        _environment().from_string("{{ absent }}").render()
    with pytest.raises(UndefinedError):
        _environment().from_string("{{ absent | inline }}").render()


def test_filtered_text_and_numbers_are_printed() -> None:
    template = _environment().from_string("{{ name | inline }} {{ 3 }} {{ name | code }}")
    assert template.render(name="*x*") == "\\*x\\* 3 `*x*`"


def test_every_filter_answers_with_escaped_text() -> None:
    assert isinstance(_environment().filters["prose"]("`x`"), Shown)
