"""What two schemas differ in, said in lines that a person reads."""

from bot.core.schemas.schema import Definition, Snapshot, differences

COLUMN: Definition = (("position", 1), ("type", "integer"))
EMPTY: Snapshot = {}
TABLE: Snapshot = {
    ("table", "public.User"): (),
    ("column", "public.User.id"): COLUMN,
    ("column", "public.User.name"): (("position", 2), ("type", "text")),
    ("constraint", "public.User.User_pkey"): (("definition", "PRIMARY KEY (id)"),),
    ("comment", 'table public."User"'): (("text", "people"),),
}


def test_the_same_schema_has_no_differences() -> None:
    found = differences(TABLE, dict(TABLE))
    assert not found
    assert found.lines == ()


def test_a_whole_table_is_one_line() -> None:
    assert differences(EMPTY, TABLE).lines == ("added table public.User (2 columns)",)
    assert differences(TABLE, EMPTY).lines == ("removed table public.User (2 columns)",)
    assert len(differences(EMPTY, TABLE).added) == 5


def test_a_part_of_a_table_that_stays_has_its_own_line() -> None:
    rest = {key: value for key, value in TABLE.items() if key[0] != "constraint"}
    assert differences(TABLE, rest).lines == ("removed constraint public.User.User_pkey",)
    assert differences(rest, TABLE).lines == ("added constraint public.User.User_pkey",)


NOTHING: Definition = ()
AROUND = {
    ("enum", "public.mood"): NOTHING,
    ("owner", "type public.mood"): NOTHING,
    ("comment", "type public.mood"): NOTHING,
    ("function", "public.net(amount numeric, rate numeric)"): NOTHING,
    ("owner", "function public.net(numeric,numeric)"): NOTHING,
    ("grant", "function public.net(numeric,numeric)"): NOTHING,
    ("policy", "public.User Data.own rows"): NOTHING,
    ("comment", 'policy "own rows" on public."User Data"'): NOTHING,
}


def test_owner_rights_and_comment_of_a_new_object_go_without_saying() -> None:
    assert differences(EMPTY, AROUND).lines == (
        "added enum public.mood",
        "added function public.net(amount numeric, rate numeric)",
        "added policy public.User Data.own rows",
    )


def test_owner_rights_and_comment_of_an_object_that_stays_have_their_own_lines() -> None:
    about = {key: NOTHING for key in AROUND if key[0] in ("comment", "grant", "owner")}
    rest = {key: NOTHING for key in AROUND if key not in about}
    found = differences(rest, AROUND).lines
    assert found == tuple(f"added {kind} {identity}" for kind, identity in sorted(about))


def test_a_change_names_the_attributes_with_both_values() -> None:
    after = {**TABLE, ("column", "public.User.id"): (("not null", True), ("type", "bigint"))}
    assert differences(TABLE, after).lines == (
        "changed column public.User.id: not null: none → True; position: 1 → none; "
        "type: integer → bigint",
    )


def test_long_definitions_are_cut_and_on_one_line() -> None:
    before = {("view", "public.v"): (("definition", "SELECT\n  1" + "x" * 500),)}
    after = {("view", "public.v"): (("definition", "SELECT 2"),)}
    (line,) = differences(before, after).lines
    assert "\n" not in line
    assert len(line) < 300


def test_attributes_can_be_ignored() -> None:
    after = {**TABLE, ("column", "public.User.id"): (("position", 9), ("type", "integer"))}
    assert differences(TABLE, after)
    assert not differences(TABLE, after, ignore=("position",))


def test_only_across_majors_do_versions_and_qualifiers_not_count() -> None:
    before: Snapshot = {
        ("extension", "citext"): (("version", "1.6"),),
        ("view", "public.v"): (("definition", 'SELECT "User".id FROM public."User"'),),
    }
    after: Snapshot = {
        ("extension", "citext"): (("version", "1.8"),),
        ("view", "public.v"): (("definition", 'SELECT id\n FROM public."User"'),),
    }
    assert len(differences(before, after).changed) == 2
    assert not differences(before, after, across_majors=True)
    other = {**after, ("view", "public.v"): (("definition", 'SELECT name FROM "User"'),)}
    assert differences(before, other, across_majors=True)


def test_a_name_with_a_line_end_stays_on_one_line() -> None:
    name = 'public."a\n::error::b"'
    column: Definition = (("type", "a\nb"),)

    assert differences(EMPTY, {("enum", name): NOTHING}).lines == (
        'added enum public."a ::error::b"',
    )
    assert differences({("enum", name): NOTHING}, {("enum", name): column}).lines == (
        'changed enum public."a ::error::b": type: none → a b',
    )
