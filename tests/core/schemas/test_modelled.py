import pytest

from bot.core.schemas.modelled import MOST_LINES, model_differences, outline, parts_of
from bot.core.schemas.modelled_parts import (
    Column,
    ForeignKey,
    Index,
    column_of,
    foreign_key_of,
    index_of,
    primary_key_of,
    values_of,
)
from bot.core.schemas.schema import Definition, Scalar, Snapshot

A: Snapshot = {
    ("schema", "public"): (),
    ("table", "public.a"): (),
    ("column", "public.a.id"): (("not null", True), ("type", "integer")),
    ("constraint", "public.a.a_pkey"): (("definition", "PRIMARY KEY (id)"),),
    ("index", "public.a.a_pkey"): (
        ("definition", "CREATE UNIQUE INDEX a_pkey ON public.a USING btree (id)"),
    ),
}


def of(**attributes: Scalar) -> Definition:
    return tuple((name.replace("_", " "), value) for name, value in attributes.items())


def with_(more: Snapshot) -> Snapshot:
    return {**A, **more}


def said(model: Snapshot, database: Snapshot, **options: tuple[str, ...]) -> tuple[str, ...]:
    return model_differences(model, database, schemas=("public",), **options)


def index(definition: str) -> Snapshot:
    return {("index", "public.a.i"): of(definition=definition)}


def test_the_same_has_no_difference() -> None:
    assert said(A, A) == ()


def test_a_table_counts_once_with_all_its_parts() -> None:
    assert said(A, {}) == ("The table public.a is in schema.prisma, and no migration makes it.",)
    assert said({}, A) == (
        "The table public.a is made by the migrations, and is not in schema.prisma.",
    )


@pytest.mark.parametrize(
    "more",
    [
        {("table", "other.b"): ()},
        {("table", "public._prisma_migrations"): ()},
        {("table", "public.part"): of(partition="FOR VALUES IN (1)")},
        {("foreign table", "public.f"): ()},
        {("view", "public.v"): ()},
        {("function", "public.f()"): ()},
        {("sequence", "public.s"): ()},
        {("constraint", "public.a.c"): of(definition="CHECK ((id > 0))")},
        {("trigger", "public.a.t"): ()},
        {("comment", "table public.a"): ()},
        {("grant", "relation public.a"): ()},
        index("CREATE INDEX i ON public.a USING btree (lower(x))"),
        index("CREATE INDEX i ON public.a USING btree (((x -> 'WHERE'::text)))"),
        index("CREATE INDEX i ON public.a USING btree (id) WHERE (id > 0)"),
        {
            ("constraint", "public.a.e"): of(definition="EXCLUDE USING gist (id WITH =)"),
            ("index", "public.a.e"): of(definition="CREATE INDEX e ON public.a USING gist (id)"),
        },
    ],
    ids=lambda more: str(next(iter(more))),
)
def test_what_prisma_has_no_words_for_is_quiet(more: Snapshot) -> None:
    assert said(A, with_(more)) == ()


def test_what_others_look_after_is_quiet() -> None:
    role = {("enum", "public.role"): of(labels="'a'")}
    assert said(with_(role), {}, outside=("public.a", "public.role")) == ()


def test_an_open_default_is_not_compared() -> None:
    mine = with_({("column", "public.a.x"): of(type="text")})
    theirs = with_({("column", "public.a.x"): of(type="text", default="f()")})
    assert len(said(mine, theirs)) == 1
    assert said(mine, theirs, open_defaults=("public.a.x",)) == ()


def test_names_with_dots_and_quotes_are_told_apart() -> None:
    assert parts_of('"a.b"."c.d"') == ("a.b", "c.d")
    assert parts_of("public.a") == ("public", "a")
    dotted: Snapshot = {
        ("table", 'public."a.b"'): (),
        ("column", 'public."a.b"."c.d"'): of(type="text"),
    }
    assert list(outline(dotted, ("public",)).columns) == [('public."a.b"', '"c.d"')]


def test_no_more_than_so_many_lines_are_written() -> None:
    many: Snapshot = {("table", f"public.t{number:03}"): () for number in range(150)}
    lines = said({}, many)
    assert len(lines) == MOST_LINES + 1
    assert lines[-1] == "50 more differences are not listed."


def test_another_name_is_one_difference() -> None:
    mine = with_(index("CREATE INDEX i ON public.a USING btree (id)"))
    definition = "CREATE INDEX j ON public.a USING btree (id)"
    theirs = with_({("index", "public.a.j"): of(definition=definition)})
    assert said(mine, theirs) == (
        "The index of public.a on (id) is named i in schema.prisma, and j by the migrations.",
    )


def test_a_partitioned_table_is_a_table() -> None:
    assert len(said({}, {("table", "public.p"): of(partitioned_by="LIST (id)")})) == 1


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("timestamp(3) without time zone", "now()", "CURRENT_TIMESTAMP"),
        ("numeric(10,2)", "0", "0.00"),
        ("integer", "'-1'::integer", "(-1)"),
        ("character varying(9)", "'x'::character varying", "'x'::text"),
        ("text[]", "'{}'::text[]", "ARRAY[]::text[]"),
    ],
)
def test_two_ways_to_write_a_default_are_one(kind: str, one: str, other: str) -> None:
    left = column_of(of(type=kind, default=one))
    assert left.default == column_of(of(type=kind, default=other)).default


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("text", "'1'::text", "'1.0'::text"),
        ("text", "'now()'::text", "now()"),
        ("text[]", "'{}'::text[]", "'{a}'::text[]"),
        ("text", "f()", "g()"),
        ("text", "'a'::text", "('a'::text || 'b'::text)"),
    ],
)
def test_two_defaults_that_differ_are_two(kind: str, one: str, other: str) -> None:
    left = column_of(of(type=kind, default=one))
    assert left.default != column_of(of(type=kind, default=other)).default


def test_columns_that_count_are_alike() -> None:
    serial = column_of(of(type="integer", not_null=True, default="nextval('s'::regclass)"))
    assert serial == column_of(of(type="integer", not_null=True, identity="always"))


def test_full_precision_and_lists_of_nothing_are_as_prisma_sees_them() -> None:
    assert column_of(of(type="timestamp(6) with time zone")).type == "timestamp with time zone"
    assert column_of(of(type="text[]")) == column_of(of(type="text[]", not_null=True))
    assert column_of(of(type="text")) == Column("text", required=False)


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("btree (a)", Index(("a",))),
        ('btree (a DESC NULLS LAST, "B b" COLLATE "C")', Index(("a DESC", '"B b"'))),
        ("gin (a jsonb_path_ops)", Index(("a jsonb_path_ops",), method="gin")),
        ("gin (a public.gin_trgm_ops)", Index(("a public.gin_trgm_ops",), method="gin")),
        (
            "gist (a public.gist_ops (siglen='4'))",
            Index(("a public.gist_ops (siglen='4')",), method="gist"),
        ),
        ("btree (a) INCLUDE (b, c) NULLS NOT DISTINCT", Index(("a", "b", "c"))),
        ("btree (a) WITH (fillfactor='70')", Index(("a",))),
        ('btree ("x WHERE (y")', Index(('"x WHERE (y"',))),
        ("btree (a, lower(b))", None),
    ],
)
def test_an_index_is_read(definition: str, expected: Index | None) -> None:
    assert index_of(f"CREATE INDEX i ON public.t USING {definition}") == expected


def test_a_unique_index_is_read() -> None:
    found = index_of('CREATE UNIQUE INDEX "I" ON ONLY public."T" USING btree (a)')
    assert found == Index(("a",), unique=True)
    assert str(found) == "unique (a)"


def test_keys_are_read() -> None:
    assert primary_key_of('PRIMARY KEY (a, "B") DEFERRABLE') == '(a, "B")'
    assert primary_key_of("UNIQUE (a)") == ""
    written = 'FOREIGN KEY (a) REFERENCES public."T"("B") ON UPDATE CASCADE ON DELETE SET NULL'
    for end in ("", " DEFERRABLE INITIALLY DEFERRED", " NOT VALID"):
        assert foreign_key_of(written + end) == ForeignKey(
            "a", 'public."T"("B")', "CASCADE", "SET NULL"
        )
    assert foreign_key_of("FOREIGN KEY (a) REFERENCES b(c) MATCH FULL") == ForeignKey("a", "b(c)")
    assert foreign_key_of("CHECK (true)") is None


def test_an_enums_values_have_no_order() -> None:
    assert values_of("'a', 'it''s, so'") == values_of("'it''s, so', 'a'") == {"'a'", "'it''s, so'"}
