from bot.core.drift.drift import Expected
from bot.core.schemas.schema import Snapshot


def test_the_schemas_of_a_history_are_those_that_it_puts_something_in() -> None:
    empty: Snapshot = {("schema", "public"): ()}
    elsewhere = {**empty, ("schema", "shop"): (), ("table", "shop.a"): ()}
    here = {**empty, ("table", "public.a"): ()}

    assert Expected({}, elsewhere).schemas("tenant_7") == ("shop", "tenant_7")
    assert Expected(here, elsewhere).schemas("public") == ("public", "shop")


def test_the_rights_on_a_schema_are_not_something_in_it() -> None:
    granted: Snapshot = {("schema", "public"): (), ("grant", "schema public"): ()}

    assert Expected({}, granted).schemas("shop") == ("shop",)
