"""`hooks` in the configuration: commands without a shell, and a seed that may be SQL."""

import pytest

from bot.config.file import read_settings
from bot.core.targets.hooks import Command, Hooks, Script
from bot.errors import UsageError


def hooks(text: str) -> Hooks:
    return read_settings(text, path="bot.yml").hooks


@pytest.mark.parametrize(
    ("said", "generate"),
    [
        ("", None),
        ("hooks: {}", None),
        ("hooks: {generate: npx prisma generate}", ("npx", "prisma", "generate")),
        ("hooks: {generate: [npx, prisma, generate]}", ("npx", "prisma", "generate")),
        ("hooks: {generate: \"run 'my client' now\"}", ("run", "my client", "now")),
    ],
)
def test_a_command_is_a_list_of_words_or_a_line_of_them(
    said: str, generate: tuple[str, ...] | None
) -> None:
    assert hooks(said).generate == (Command(generate) if generate else None)


@pytest.mark.parametrize(
    ("said", "seed"),
    [
        ("prisma/seed.sql", Script("prisma/seed.sql")),
        ("[prisma/seed.sql]", Script("prisma/seed.sql")),
        ("[psql, -f, prisma/seed.sql]", Command(("psql", "-f", "prisma/seed.sql"))),
        ("tsx prisma/seed.ts", Command(("tsx", "prisma/seed.ts"))),
        ("./seed", Command(("./seed",))),
    ],
)
def test_a_seed_is_a_script_of_sql_or_a_command(said: str, seed: Command | Script) -> None:
    assert hooks(f"hooks: {{seed: {said}}}").seed == seed


@pytest.mark.parametrize(
    ("said", "mistake"),
    [
        ("generate: []", "hooks.generate: it names no command"),
        ("generate: '  '", "hooks.generate: it names no command"),
        ("generate: 'npx \"prisma'", "hooks.generate: it cannot be cut into words: no closing"),
        ("seed: 'a && b'", "hooks.seed: && is for a shell"),
        ("seed: [a, '>', b]", "hooks.seed: > is for a shell"),
        ('seed: "a \\0b"', "hooks.seed: it has a zero byte"),
        ("seed: ['']", "hooks.seed.list"),
        ("seconds: 0", "hooks.seconds: input should be greater than or equal to 1"),
        ("sed: x", "unknown key hooks.sed; did you mean seed?"),
    ],
)
def test_what_cannot_be_run_is_refused_with_its_place(said: str, mistake: str) -> None:
    with pytest.raises(UsageError) as refused:
        hooks(f"hooks: {{{said}}}")
    assert mistake in refused.value.message
