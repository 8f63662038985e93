"""SQL as `prisma migrate dev` writes it: one block for each step, under a comment that names it."""

from collections.abc import Iterable, Sequence


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def create_enum(name: str, values: Iterable[str]) -> str:
    listed = ", ".join(f"'{each}'" for each in values)
    return f"-- CreateEnum\nCREATE TYPE {quoted(name)} AS ENUM ({listed});\n"


def add_enum_value(name: str, value: str) -> str:
    return f"-- AlterEnum\nALTER TYPE {quoted(name)} ADD VALUE '{value}';\n"


def replace_enum(name: str, values: Iterable[str], columns: Iterable[tuple[str, str]]) -> str:
    """A value is taken away: Prisma makes another type and brings its own BEGIN and COMMIT."""
    listed = ", ".join(f"'{each}'" for each in values)
    new, old = quoted(f"{name}_new"), quoted(f"{name}_old")
    moves = "".join(
        f"ALTER TABLE {quoted(table)} ALTER COLUMN {quoted(column)} TYPE {new} "
        f"USING ({quoted(column)}::text::{new});\n"
        for table, column in columns
    )
    return (
        f"-- AlterEnum\nBEGIN;\nCREATE TYPE {new} AS ENUM ({listed});\n{moves}"
        f"ALTER TYPE {quoted(name)} RENAME TO {old};\nALTER TYPE {new} RENAME TO {quoted(name)};\n"
        f"DROP TYPE {old};\nCOMMIT;\n"
    )


def create_table(name: str, columns: Iterable[str]) -> str:
    key = f'CONSTRAINT {quoted(f"{name}_pkey")} PRIMARY KEY ("id")'
    lines = "".join(f"    {each},\n" for each in columns)
    return f"-- CreateTable\nCREATE TABLE {quoted(name)} (\n{lines}\n    {key}\n);\n"


def drop_table(name: str) -> str:
    return f"-- DropTable\nDROP TABLE {quoted(name)};\n"


def alter_table(name: str, actions: Sequence[str]) -> str:
    """Prisma puts the second and later actions under each other, without an indent."""
    return f"-- AlterTable\nALTER TABLE {quoted(name)} " + ",\n".join(actions) + ";\n"


def create_index(name: str, table: str, columns: Iterable[str], *, unique: bool) -> str:
    word = "UNIQUE INDEX" if unique else "INDEX"
    listed = ", ".join(map(quoted, columns))
    return f"-- CreateIndex\nCREATE {word} {quoted(name)} ON {quoted(table)}({listed});\n"


def drop_index(name: str) -> str:
    return f"-- DropIndex\nDROP INDEX {quoted(name)};\n"


def add_foreign_key(table: str, column: str, target: str, *, required: bool) -> str:
    deletes = "RESTRICT" if required else "SET NULL"
    return (
        f"-- AddForeignKey\nALTER TABLE {quoted(table)} "
        f"ADD CONSTRAINT {quoted(f'{table}_{column}_fkey')} FOREIGN KEY ({quoted(column)}) "
        f'REFERENCES {quoted(target)}("id") ON DELETE {deletes} ON UPDATE CASCADE;\n'
    )


def drop_foreign_key(table: str, column: str) -> str:
    name = quoted(f"{table}_{column}_fkey")
    return f"-- DropForeignKey\nALTER TABLE {quoted(table)} DROP CONSTRAINT {name};\n"


def warning(lines: Iterable[str]) -> str:
    """The comment Prisma puts on top of a migration that loses data."""
    listed = "".join(f"  - {each}\n" for each in lines)
    return f"/*\n  Warnings:\n\n{listed}\n*/\n"
