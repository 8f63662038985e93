import pytest

from bot.adapters.prisma.texts import names_schema, provider_in, schema_in, variables_in


@pytest.mark.parametrize(
    ("config", "schema"),
    [
        ('export default { schema: "prisma/schema.prisma" }', "prisma/schema.prisma"),
        ("export default defineConfig({\r\n  schema: 'db/models',\r\n})", "db/models"),
        ('{ schema: path.join("prisma", "schema"), migrations: {} }', "prisma/schema"),
        ('{ schema: path.resolve(__dirname, "./db", `x.prisma`) }', "db/x.prisma"),
        ('module.exports = { "schema": "db/x.prisma" }', "db/x.prisma"),
        ('{ // schema: "old.prisma"\n  schema: "new.prisma" }', "new.prisma"),
        ('{ /* schema: "old.prisma", */ }', None),
        ("{ schema: process.env.SCHEMA }", None),
        ("{ schema: join(folder, name) }", None),
        ("{ schema: `${here}/x.prisma` }", None),
        ("", None),
    ],
)
def test_the_path_of_the_schema_is_read_off_where_it_can_be(
    config: str, schema: str | None
) -> None:
    assert schema_in(config) == schema


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ("{ schema: process.env.SCHEMA }", True),
        ("const schema = found();\nexport default { schema, migrations }", True),
        ("export default { 'schema': found() }", True),
        ('{ /* schema: "old.prisma", */ datasource: {} }', False),
        ('{ datasource: { url: env("SCHEMA_URL") } }', False),
        ("", False),
    ],
)
def test_that_a_path_is_there_is_seen_even_if_it_cannot_be_read(
    config: str, *, named: bool
) -> None:
    assert names_schema(config) is named


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ('datasource db {\n  provider = "postgresql"\n}', "postgresql"),
        ('datasource db {\r\n  url = env("X")\r\n  provider = "mysql"\r\n}\r\n', "mysql"),
        (
            '// datasource db { provider = "sqlite" }\ndatasource db { provider="postgres" }',
            "postgres",
        ),
        ('generator client { provider = "prisma-client-js" }', None),
        ("datasource db {\n", None),
    ],
)
def test_the_provider_is_that_of_the_datasource(text: str, provider: str | None) -> None:
    assert provider_in([text]) == provider


def test_the_variables_are_those_that_hold_connection_strings() -> None:
    schema = 'datasource db {\n url = env("POOLED")\n directUrl = env("DIRECT")\n}'
    config = """
      const env2 = process.env.NODE_ENV; // env("NOT")
      export default { datasource: { url: env<Env>('MAIN'), x: process.env.DB_URL!, y:
        process.env["PG_DATABASE"] } }
    """
    wanted = {"POOLED", "DIRECT", "MAIN", "DB_URL", "PG_DATABASE"}
    assert variables_in([schema], config) == wanted
