"""Names as actions and the catalogue have them: relations and types are `schema.name`."""

_INTERNAL = ("pg_catalog.", "information_schema.", "public.pg_")


def bare(name: str) -> str:
    """A name without its schema, if it has one; the name itself may have dots in it."""
    return name.partition(".")[2] or name


def is_internal(relation: str) -> bool:
    """Whether it is one of the server's own; those without a schema are found before any other."""
    return relation.startswith(_INTERNAL)
