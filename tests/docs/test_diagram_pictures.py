"""The pictures of diagrams in the documentation are those that the bot draws today."""

import pytest

from docs.pictures.diagrams import HERE, drawn, drawn_schemas

SCHEMAS = {"schema", "schema-change"}


@pytest.mark.parametrize("name", drawn())
def test_a_diagram_is_what_would_be_drawn_today(name: str) -> None:
    assert (HERE / f"{name}.svg").read_text("utf-8") == drawn()[name], (
        "make it anew: python -m docs.pictures.diagrams"
    )


def test_the_platforms_schema_is_what_would_be_drawn_today(database: str) -> None:
    made = drawn_schemas(database)
    assert made.keys() == SCHEMAS
    for name, picture in made.items():
        assert (HERE / f"{name}.svg").read_text("utf-8") == picture, (
            "make it anew: python -m docs.pictures.diagrams"
        )


def test_no_diagram_is_left_over() -> None:
    assert {path.stem for path in HERE.glob("*.svg")} == {*drawn(), *SCHEMAS}
