"""Names as SQL and as a snapshot's identities write them."""


def quoted(*names: str) -> str:
    """One name, or a path of them, whatever is in each."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def identity_part(name: str) -> str:
    """A name within `schema.table.column`: only one with a dot or a quote of its own is quoted."""
    return quoted(name) if "." in name or '"' in name else name
