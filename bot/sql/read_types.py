"""Enums and domains, read into actions."""

from collections.abc import Iterator

from bot.sql import actions as act
from bot.sql.expressions import qualified, strings_of, type_of
from bot.sql.read_definitions import Fields


def create_enum(fields: Fields) -> Iterator[act.Action]:
    yield act.CreateEnum(qualified(strings_of(fields["typeName"])), strings_of(fields.get("vals")))


def alter_enum(fields: Fields) -> Iterator[act.Action]:
    name = qualified(strings_of(fields["typeName"]))
    if "oldVal" in fields:
        yield act.RenameEnumValue(name, fields["oldVal"], fields["newVal"])
    else:
        yield act.AddEnumValue(name, fields["newVal"])


def create_domain(fields: Fields) -> Iterator[act.Action]:
    kinds = {each["Constraint"]["contype"] for each in fields.get("constraints", ())}
    yield act.CreateDomain(
        name=qualified(strings_of(fields["domainname"])),
        type=type_of(fields["typeName"]),
        constrained=bool(kinds & {"CONSTR_CHECK", "CONSTR_NOTNULL"}),
    )


_DOMAIN_COMMANDS = {
    "T": "SET DEFAULT",
    "N": "DROP NOT NULL",
    "O": "SET NOT NULL",
    "C": "ADD CONSTRAINT",
    "X": "DROP CONSTRAINT",
    "V": "VALIDATE CONSTRAINT",
}


def alter_domain(fields: Fields) -> Iterator[act.Action]:
    constraint = fields.get("def", {}).get("Constraint", {})
    yield act.AlterDomain(
        name=qualified(strings_of(fields["typeName"])),
        command=_DOMAIN_COMMANDS.get(fields["subtype"], "OTHER"),
        validated=not constraint.get("skip_validation", False),
    )
