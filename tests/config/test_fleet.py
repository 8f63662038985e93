import pytest
import yaml

from bot.config.file import read_settings
from bot.core.targets.fleet import DEFAULT_WAVES, Budget, Fleet, Source, Wave
from bot.errors import UsageError

URL = "url_env: TENANTS_URL, "


def read(fleet: str, url: str = "") -> Fleet:
    text = f"targets: {{tenants: {{kind: staging, {url}fleet: {fleet}}}}}"
    settings = read_settings(text, path="config.yml")
    found = settings.target("tenants").fleet
    assert found is not None
    return found


def test_a_list_of_urls_is_all_that_a_fleet_needs() -> None:
    text = "targets: {tenants: {kind: production, fleet: {urls_env: TENANT_URLS}}}"
    target = read_settings(text, path="config.yml").target("tenants")
    assert target.fleet == Fleet(Source(urls_env="TENANT_URLS"), waves=DEFAULT_WAVES)
    assert target.url_env == "TENANT_URLS"
    assert target.backup.required


@pytest.mark.parametrize(
    ("fleet", "source"),
    [
        ("{query: SELECT 1}", Source(query="SELECT 1")),
        (r"{schemas: 'tenant\_%'}", Source(schemas=r"tenant\_%")),
        ("{schemas: [a, b]}", Source(schemas=("a", "b"))),
    ],
)
def test_tenants_can_be_listed_by_the_database_of_the_target(fleet: str, source: Source) -> None:
    assert read(fleet, URL).source == source


def test_every_key_is_read() -> None:
    written = """
      urls_env: T
      waves:
        - {name: canary, tenants: [ours], count: 2}
        - {name: early, share: 2.5 %}
        - {name: rest, rest: true}
      parallel: 8
      per_server: 3
      errors: 5%
      soak: 60
      health: SELECT true
      shard_size: 200
    """
    assert read(str(yaml.safe_load(written)).replace("True", "true")) == Fleet(
        source=Source(urls_env="T"),
        waves=(
            Wave("canary", count=2, tenants=("ours",)),
            Wave("early", share=2.5),
            Wave("rest", rest=True),
        ),
        parallel=8,
        per_server=3,
        errors=Budget(share=5.0),
        soak=60,
        health="SELECT true",
        shard_size=200,
    )
    assert read("{urls_env: T, errors: 7}").errors == Budget(count=7)


@pytest.mark.parametrize(
    ("fleet", "url", "said"),
    [
        ("{}", URL, "says where they are; it has none"),
        ("{urls_env: T, query: q}", URL, "not urls_env and query"),
        ("{query: q}", "", "targets.tenants.url_env: field required"),
        ("{urls_env: T}", URL, "stands in for url_env"),
        ("{urls_env: T, waves: []}", "", "at least one wave"),
        ("{urls_env: T, waves: [{name: a, count: 1}]}", "", "waves.0.rest: the last wave"),
        (
            "{urls_env: T, waves: [{name: a, rest: true}, {name: b, rest: true}]}",
            "",
            "waves.0.rest",
        ),
        ("{urls_env: T, waves: [{name: a}, {name: b, rest: true}]}", "", "takes nobody"),
        ("{urls_env: T, waves: [{name: a, count: 1, rest: true}]}", "", "one of count, share"),
        ("{urls_env: T, waves: [{name: a, share: 101%}, {name: b, rest: true}]}", "", "100 %"),
        (
            "{urls_env: T, waves: [{name: a, tenants: [x, x]}, {name: a, rest: true}]}",
            "",
            "the tenant x is there twice",
        ),
        ("{urls_env: T, errors: lots}", "", "targets.tenants.fleet.errors: string should match"),
        ("{urls_env: T, pararel: 2}", "", "did you mean parallel"),
        ("{urls_env: T, waves: [{name: a, rust: true}]}", "", "did you mean rest"),
    ],
)
def test_every_mistake_is_told_with_its_place(fleet: str, url: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        read(fleet, url)
    assert said in error.value.message


def test_a_target_that_is_no_fleet_still_needs_its_variable() -> None:
    with pytest.raises(UsageError, match=r"targets\.a\.url_env: field required"):
        read_settings("targets: {a: {kind: staging}}", path="config.yml")
