"""An example of files shows what the branch changes."""

from bot.core.migrations.layout import Layout

BASE = {"a.sql": "SELECT 1;\n", "b.sql": "SELECT 2;\n", "c.sql": "SELECT 3;\n"}


def test_what_is_new_changed_or_deleted_is_shown_and_the_rest_is_not() -> None:
    head = {"a.sql": "SELECT 1;\n", "b.sql": "SELECT 4;\n", "d.sql": "SELECT 5;\n"}
    assert str(Layout(base=BASE, head=head)).split("\n") == [
        "changed: b.sql",
        "-SELECT 2;",
        "+SELECT 4;",
        "deleted: c.sql",
        "-SELECT 3;",
        "new: d.sql",
        "+SELECT 5;",
    ]


def test_line_ends_alone_are_named() -> None:
    head = {**BASE, "a.sql": "SELECT 1;\r\n"}
    assert str(Layout(base=BASE, head=head)) == "changed: a.sql (in its line ends)"


def test_no_change_is_said_to_be_none() -> None:
    assert str(Layout(base=BASE, head=BASE)) == "(the branch changes nothing)"
