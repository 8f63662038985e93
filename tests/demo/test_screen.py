"""A comment in a terminal: folds are opened from the inside out, and words stay apart."""

from bot.demo.screen import readable

NESTED = """\
<details open><summary><b>Outer</b></summary>

Before.

<details><summary>Inner</summary>

Hidden.

</details>

After.

</details>
"""


def test_what_is_folded_inside_an_open_fold_stays_folded() -> None:
    told = readable(NESTED, short=False)
    assert told.split() == ["▾", "Outer", "Before.", "▸", "Inner", "After."]


def test_of_a_closed_fold_only_the_title_is_shown() -> None:
    assert readable(NESTED, short=True) == "▸ Outer"


def test_lines_of_a_cell_do_not_run_together() -> None:
    assert readable("| blocks writes<br>3 ms |", short=False) == "| blocks writes · 3 ms |"


def test_a_folder_goes_by_its_name() -> None:
    cell = "| [`index`](https://x)<br>`20260101000000` |"
    assert readable(cell, short=False) == "| [`index`](https://x) |"


def test_a_broken_line_stays_broken() -> None:
    assert readable("**Bold**<br>\nplain", short=False) == "**Bold**  \nplain"
