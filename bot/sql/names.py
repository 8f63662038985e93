"""Names as actions and the catalogue have them: relations and types are `schema.name`."""


def bare(name: str) -> str:
    """A name without its schema, if it has one; the name itself may have dots in it."""
    return name.partition(".")[2] or name
