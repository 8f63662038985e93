"""Schemas to draw: one that a pull request changes, and made-up ones of any size."""

from random import Random

from bot.core.schemas.entities import Entities, EnumType, Label
from bot.core.schemas.touched import Column, Reference, Table

ID = Column("id", "uuid", primary=True, required=True)

SHOP = Entities(
    (
        Table(
            "public.users",
            (
                ID,
                Column("email", "text", required=True, unique=True),
                Column("name", "text"),
                Column("legacy_token", "text", change="removed"),
                Column("time_zone", "text", required=True, change="added"),
            ),
        ),
        Table(
            "public.orders",
            (
                ID,
                Column("user_id", "uuid", foreign=True, required=True),
                Column("coupon_id", "uuid", foreign=True, change="added"),
                Column("total", "bigint", required=True, change="changed", was="integer"),
                Column("status", "public.order_status", required=True),
                Column("placed_at", "timestamp(3) with time zone", required=True),
            ),
        ),
        Table(
            "public.coupons",
            (
                Column("id", "uuid", primary=True, required=True, change="added"),
                Column("code", "character varying(40)", unique=True, required=True, change="added"),
                Column("created_by_id", "uuid", foreign=True, required=True, change="added"),
                Column("percent", "integer", required=True, change="added"),
            ),
            "added",
        ),
        Table(
            "public.order_items",
            (
                Column("order_id", "uuid", primary=True, foreign=True, required=True),
                Column("product_id", "uuid", primary=True, foreign=True, required=True),
                Column("amount", "integer", required=True),
                Column("price", "numeric(12,2)", required=True),
            ),
            touched=False,
        ),
        Table(
            "public.products",
            (ID, Column("name", "text", required=True), Column("price", "numeric(12,2)")),
            touched=False,
        ),
        Table(
            "public.login_tokens",
            (
                Column("id", "uuid", primary=True, required=True, change="removed"),
                Column("user_id", "uuid", foreign=True, required=True, change="removed"),
                Column("hash", "bytea", required=True, change="removed"),
            ),
            "removed",
        ),
        Table(
            "public.profiles",
            (
                Column("user_id", "uuid", primary=True, foreign=True, required=True),
                Column("bio", "text"),
            ),
            touched=False,
        ),
    ),
    (
        Reference("public.coupons", "public.users", ("created_by_id",), "added"),
        Reference("public.login_tokens", "public.users", ("user_id",), "removed"),
        Reference("public.order_items", "public.orders", ("order_id",)),
        Reference("public.order_items", "public.products", ("product_id",)),
        Reference("public.orders", "public.coupons", ("coupon_id",), "added", optional=True),
        Reference("public.orders", "public.users", ("user_id",)),
        Reference("public.profiles", "public.users", ("user_id",), single=True),
    ),
    (
        EnumType(
            "public.order_status",
            (Label("open"), Label("paid"), Label("refunded", "added"), Label("void", "removed")),
        ),
        EnumType("public.plan_kind", (Label("free"), Label("paid"))),
    ),
)

_WORDS = [
    "user",
    "account",
    "order",
    "invoice",
    "payment",
    "product",
    "price",
    "category",
    "tag",
    "comment",
    "post",
    "review",
    "cart",
    "item",
    "address",
    "country",
    "currency",
    "shipment",
    "carrier",
    "warehouse",
    "stock",
    "supplier",
    "contract",
    "document",
    "file",
    "folder",
    "team",
    "member",
    "role",
    "permission",
    "session",
    "token",
    "audit",
    "event",
    "webhook",
    "delivery",
    "message",
    "thread",
    "channel",
    "plan",
    "subscription",
    "coupon",
    "refund",
    "dispute",
    "ledger",
    "entry",
    "wallet",
    "asset",
    "chain",
    "proof",
    "batch",
    "template",
    "setting",
    "feature",
    "flag",
    "experiment",
    "metric",
    "report",
    "dashboard",
    "widget",
    "alert",
    "rule",
    "policy",
    "device",
    "location",
    "region",
    "zone",
    "slot",
    "booking",
    "resource",
    "calendar",
    "note",
    "attachment",
    "label",
    "project",
    "task",
    "sprint",
    "board",
    "column",
    "milestone",
]
_TYPES = (
    *("text", "integer", "bigint", "boolean", "jsonb", "numeric(12,2)", "uuid"),
    *("timestamp(3) without time zone", "character varying(255)"),
)


def made_up(count: int, seed: int = 1) -> Entities:
    """As schemas of applications are: some tables that many refer to, most that refer to those made
    shortly before, and some that have nothing to do with any."""
    random = Random(seed)
    names = [f"public.{_word(place)}" for place in range(count)]
    tables, references = [], []
    for place, name in enumerate(names):
        columns = [ID]
        for target in _targets(place, random):
            column = f"{names[target].removeprefix('public.')}_id"
            optional = random.random() < 0.25
            columns.append(Column(column, "uuid", foreign=True, required=not optional))
            alone = random.random() < 0.07
            references.append(
                Reference(name, names[target], (column,), optional=optional, single=alone)
            )
        columns += [_column(random) for _ in range(random.randrange(2, 12))]
        tables.append(Table(name, tuple(columns), touched=False))
    labels = tuple(Label(each) for each in ("open", "closed", "pending"))
    enums = tuple(EnumType(f"public.{each}_status", labels) for each in _WORDS[: count // 20])
    return Entities(tuple(tables), tuple(references), enums)


def _word(place: int) -> str:
    first = _WORDS[place % len(_WORDS)]
    return first if place < len(_WORDS) else f"{first}_{_WORDS[place * 7 % len(_WORDS)]}"


def _targets(place: int, random: Random) -> list[int]:
    if not place or random.random() < 0.08:
        return []
    found = set()
    for _ in range(random.choice([1, 1, 1, 2, 2, 3])):
        hub = 0 if random.random() < 0.18 else 1 if random.random() < 0.1 else None
        near = random.randrange(max(0, place - 14), place)
        found.add(near if hub is None else min(hub, place))
    if random.random() < 0.08:
        found.add(place)
    return sorted(found)


def _column(random: Random) -> Column:
    name = f"{random.choice(_WORDS)}_{random.choice(['at', 'name', 'count', 'kind', 'value'])}"
    unique, required = random.random() < 0.05, random.random() < 0.6
    return Column(name, random.choice(_TYPES), required=required, unique=unique)
