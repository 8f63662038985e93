"""The diagram of touched tables: what it shows, what it leaves out, and that Mermaid reads it."""

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.core.schemas.schema import Snapshot
from bot.core.schemas.touched import Column, Reference, Table, Touched, touched
from bot.report.comment.schema_diagram import schema_diagram
from tests.npm import ask, installed
from tests.report.hostile_text import PIECES, hostile_text
from tests.report.rehearsal_samples import KEYS, TABLES

TOUCHED = Touched(tables=TABLES, references=KEYS)


def table(name: str, *columns: Column, **fields: Any) -> Table:
    return Table(f"public.{name}", columns, **fields)


def test_a_diagram_is_drawn_of_tables_columns_keys_and_references() -> None:
    assert schema_diagram(TOUCHED).splitlines()[3:] == [
        '    t1["coupons (new)"] {',
        "        bigint id PK",
        "        text code",
        "        bigint order_id FK",
        "    }",
        '    t2["orders"] {',
        "        bigint id PK",
        "        bigint user_id FK",
        '        bigint total "was integer"',
        "        timestamptz placed_at",
        "    }",
        '    t3["users"] {',
        "        bigint id PK",
        "    }",
        '    t2 |o--o{ t1 : "order_id (new)"',
        '    t3 ||--o{ t2 : "user_id"',
    ]


def test_without_touched_tables_and_with_very_many_there_is_no_diagram() -> None:
    assert schema_diagram(Touched()) == ""
    many = tuple(table(f"t{n}") for n in range(16))
    assert schema_diagram(Touched(tables=many)) == ""
    assert schema_diagram(Touched(tables=many[:15])) != ""


def test_of_a_wide_table_what_differs_and_the_keys_are_kept() -> None:
    wide = [Column(f"c{n}", "text") for n in range(60)]
    wide[50] = replace(wide[50], change="added")
    wide[40] = replace(wide[40], primary=True)
    text = schema_diagram(Touched(tables=(table("wide", *wide),)))
    assert 'text c50 "new"' in text
    assert "text c40 PK" in text
    assert 'etc _ "40 more columns"' in text


def test_a_table_beside_shows_its_keys_alone() -> None:
    beside = table("b", Column("id", "int", primary=True), Column("x", "int"), touched=False)
    text = schema_diagram(Touched(tables=(table("a"), beside)))
    assert "int id PK" in text
    assert "int x" not in text
    assert "more column" not in text


def test_what_a_diagram_would_take_for_its_own_is_gone() -> None:
    bad = table('a"] { click x', Column('"; }', "x(1)"), Column("PK", "numeric(10,2)"))
    text = schema_diagram(Touched(tables=(bad,)))
    assert 't1["a__ _ click x"]' in text
    assert 'x _____ "__ _"' in text
    assert 'numeric _PK "PK"' in text


def wild(random: Random) -> Touched:
    names = [hostile_text(random, 5) for _ in range(4)]
    tables = tuple(
        Table(
            name,
            tuple(_column(random) for _ in range(random.randint(0, 6))),
            random.choice(["added", "removed", "changed", ""]),
            touched=place < 2,
        )
        for place, name in enumerate(dict.fromkeys(names))
    )
    references = tuple(
        Reference(random.choice(names), random.choice(names), (hostile_text(random, 3),), change)
        for change in ("added", "removed", "changed", "")
    )
    return Touched(tables=tables, references=references)


def _column(random: Random) -> Column:
    name, kind, was = (hostile_text(random, 3) for _ in range(3))
    change = random.choice(["added", "removed", "changed", ""])
    yes = random.choice([True, False])
    return Column(name, kind, yes, not yes, change, was if change == "changed" else "")


def parsed(diagrams: list[str]) -> list[dict[str, Any]]:
    folder = installed(
        Path(__file__).parents[1] / "mermaid", unasked="no diagram was read by Mermaid"
    )
    (folder / "diagrams.json").write_text(json.dumps(diagrams))
    done = ask("sh", "-c", "node parse.mjs < diagrams.json", cwd=folder)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


@pytest.mark.soak
@pytest.mark.slow
def test_mermaid_reads_every_diagram_and_finds_our_tables_alone() -> None:
    random = Random(6)
    given = [TOUCHED, *(wild(random) for _ in range(400))]
    given += [Touched(tables=(table(each, Column(each, each)),)) for each in PIECES]
    for made, answer in zip(given, parsed([schema_diagram(e) for e in given]), strict=True):
        assert answer["problem"] == "", schema_diagram(made)
        assert answer["kind"] == "er"
        assert len(answer["tables"]) == len(made.tables)
        assert [many for _, many in answer["tables"]] == [
            len(e.columns) if e.touched else sum(c.primary or c.foreign for c in e.columns)
            for e in made.tables
        ]


@pytest.mark.slow
def test_mermaid_reads_a_diagram_of_real_snapshots() -> None:
    users: Snapshot = {
        ("table", "public.User"): (),
        ("column", "public.User.id"): (("not null", True), ("position", 1), ("type", "bigint")),
    }
    (answer,) = parsed([schema_diagram(touched({}, users))])
    assert answer["tables"] == [["User (new)", 1]]
