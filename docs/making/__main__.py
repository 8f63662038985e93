"""Writes every made page, workflow and table anew, and removes pages of rules that are gone."""

from bot.cli import cli
from bot.rules import RULES
from docs.making.completing import PLACE, words_table
from docs.making.initial import INITIAL, NAMES, workflow_template
from docs.making.pages import DOCS, MADE_ONLY, pages


def main() -> None:
    wanted = pages()
    for folder in MADE_ONLY:
        for path in (DOCS / folder).glob("*.md"):
            if path.relative_to(DOCS).as_posix() not in wanted:
                path.unlink()
    for name, text in wanted.items():
        path = DOCS / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    for name in NAMES:
        (INITIAL / name).write_text(workflow_template(name), "utf-8")
    PLACE.write_text(words_table(cli, RULES), "utf-8")


if __name__ == "__main__":
    main()
