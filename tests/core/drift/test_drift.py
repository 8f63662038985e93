from bot.core.drift.drift import Expected, as_the_target_has_it, drift_between
from bot.core.schemas.schema import Definition, Snapshot

TABLE = ("table", "public.a")
COLUMN = ("column", "public.a.id")


def snapshot(**more: Definition) -> Snapshot:
    base: dict[tuple[str, str], Definition] = {
        ("schema", "public"): (),
        TABLE: (),
        COLUMN: (("position", 1), ("type", "integer")),
    }
    return base | {_key(name): definition for name, definition in more.items()}


def _key(name: str) -> tuple[str, str]:
    kind, _, identity = name.partition(" ")
    return kind, identity


def lines(expected: Snapshot, there: Snapshot) -> tuple[str, ...]:
    return drift_between(expected, there, across_majors=False).lines


def test_the_same_has_not_drifted() -> None:
    assert lines(snapshot(), snapshot()) == ()


def test_what_is_tuned_does_not_count_and_what_is_structure_does() -> None:
    tuned = snapshot(**{"table public.a": (("options", "{fillfactor=70}"),)})
    secured = snapshot(**{"table public.a": (("row level security", True),)})

    assert lines(snapshot(), tuned) == ()
    assert lines(snapshot(), secured) == (
        "changed table public.a: row level security: none → True",
    )


def test_an_extension_more_does_no_harm_and_one_less_does() -> None:
    extended = snapshot(**{"extension citext": (("schema", "public"),)})

    assert lines(snapshot(), extended) == ()
    assert lines(extended, snapshot()) == ("removed extension citext",)


def test_an_extension_that_stands_elsewhere_is_found_by_another_name_only_for_its_own() -> None:
    def using(schema: str) -> Snapshot:
        return snapshot(
            **{
                "extension citext": (("schema", schema),),
                "column public.a.id": (("type", f"{schema}.citext"),),
                "view public.v": (("definition", "SELECT my_public.f() FROM public.a"),),
            }
        )

    moved = dict(using("extensions"))
    assert lines(using("public"), moved) == ()
    moved["view", "public.v"] = (("definition", "SELECT other.f() FROM public.a"),)
    assert len(lines(using("public"), moved)) == 1


def test_a_partition_more_is_time_passing_and_a_table_more_is_not() -> None:
    grown = {
        ("table", "public.a_2"): (("inherits", "public.a"), ("partition", "FOR VALUES …")),
        ("column", "public.a_2.id"): (),
    }
    inherited = {("table", "public.b"): (("inherits", "public.a"),)}

    assert lines(snapshot(), {**snapshot(), **grown}) == ()
    assert lines(snapshot(), {**snapshot(), **inherited}) == ("added table public.b",)


def test_the_schemas_of_a_history_are_those_that_it_puts_something_in() -> None:
    elsewhere = {("schema", "public"): (), ("schema", "shop"): (), ("table", "shop.a"): ()}

    assert Expected({}, elsewhere).schemas("tenant_7") == ("shop", "tenant_7")
    assert Expected(snapshot(), elsewhere).schemas("public") == ("public", "shop")


def test_it_is_said_of_the_target_and_not_of_a_change() -> None:
    there = {("table", "public.a"): (("kind", "y"),), ("table", "public.c"): ()}
    made = {("table", "public.a"): (("kind", "x"),), ("table", "public.b"): ()}

    assert as_the_target_has_it(drift_between(made, there, across_majors=False)) == (
        "lacks table public.b",
        "has besides: table public.c",
        "has otherwise: table public.a: kind: x → y",
    )
