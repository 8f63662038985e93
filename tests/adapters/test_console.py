from io import StringIO

from bot.adapters.console import open_console


def test_results_and_progress_are_cleaned_each_in_its_own_way() -> None:
    out, err = StringIO(), StringIO()
    console = open_console(
        {},
        colour=False,
        verbosity=0,
        clean=lambda text: text.replace("hunter2", "***"),
        clean_progress=lambda text: text.replace("::", ": :"),
        out=out,
        err=err,
    )
    console.show("::hunter2")
    console.say("::error::a")
    with console.waiting("::b"):
        pass
    assert out.getvalue() == "::***\n"
    assert err.getvalue() == ": :error: :a\n: :b\n"
