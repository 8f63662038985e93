"""The redactor against canaries: whatever a text does to a secret, the secret does not get out."""

import base64
import html
import json
import shlex
import string
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.core.migrations.fold import folded
from bot.core.redact import MARK, Redactor, is_secret

CANARY = "c4n@ry/p:ss w+rd'\"\\&é%💧"

secrets = st.text(
    st.sampled_from(string.ascii_letters + string.digits + "@:/?#[]!$&'()*+,;=%\"\\<>|~^ -_.é💧"),
    min_size=6,
    max_size=40,
)
around = st.text(string.ascii_letters + " =:,;(){}", max_size=20)


def partly_quoted(secret: str) -> str:
    """Every other character percent-encoded, in alternating case."""
    pieces = []
    for place, character in enumerate(secret):
        encoded = "".join(f"%{byte:02x}" for byte in character.encode())
        pieces.append((encoded, character, encoded.upper())[place % 3])
    return "".join(pieces)


def in_markdown(secret: str) -> str:
    return "".join(f"\\{each}" if each in string.punctuation else each for each in secret)


FORMS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "percent-encoded": lambda secret: quote(secret, safe=""),
    "percent-encoded in lower case": lambda secret: "".join(
        f"%{byte:02x}" for byte in secret.encode()
    ),
    "percent-encoded twice": lambda secret: quote(quote(secret, safe=""), safe=""),
    "percent-encoded with slashes kept": quote,
    "form-encoded": quote_plus,
    "json": lambda secret: json.dumps(secret)[1:-1],
    "json in utf-8": lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1],
    "json in json": lambda secret: json.dumps(json.dumps(secret))[3:-3],
    "html": lambda secret: html.escape(secret),
    "html by number": lambda secret: "".join(f"&#{ord(each)};" for each in secret),
    "shell": lambda secret: shlex.quote(secret),
    "shell by backslash": lambda secret: "".join(f"\\{each}" for each in secret),
    "sql": lambda secret: secret.replace("'", "''"),
    "markdown": in_markdown,
    "hexadecimal": lambda secret: secret.encode().hex(),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_secret_is_struck_out_in_every_form(form: Callable[[str], str]) -> None:
    redacted = Redactor([CANARY]).redact(f"before {form(CANARY)} after")
    assert redacted.replace("'", "") == f"before {MARK} after"


def test_a_partly_encoded_secret_is_struck_out() -> None:
    assert Redactor([CANARY]).redact(f"<{partly_quoted(CANARY)}>") == f"<{MARK}>"


@given(secret=secrets, form=st.sampled_from(sorted(FORMS)), before=around, after=around)
def test_no_canary_survives_in_any_form(secret: str, form: str, before: str, after: str) -> None:
    assume(secret == secret.strip() and not secret.endswith("\\"))
    assume(all(len(each) >= 4 for each in folded(secret.encode())))
    written = FORMS[form](secret)
    assume(secret not in MARK and written not in MARK)
    redacted = Redactor([secret]).redact(f"{before} {written} {after}")
    assert written not in redacted
    assert secret not in redacted
    assert MARK in redacted


@given(secret=secrets, before=st.binary(max_size=7), after=st.binary(max_size=7))
def test_no_canary_survives_in_base64_at_any_alignment(
    secret: str, before: bytes, after: bytes
) -> None:
    encoded = base64.b64encode(before + secret.encode() + after).decode()
    redacted = Redactor([secret]).redact(f"Basic {encoded}")
    assert MARK in redacted
    left = redacted.removeprefix("Basic ").split(MARK)
    assert all(len(piece) < len(encoded) for piece in left)


@given(text=st.text(max_size=200))
def test_a_text_without_secrets_is_left_as_it_is(text: str) -> None:
    assume("://" not in text and "password" not in text.lower())
    assert Redactor(["a-very-long-canary"]).redact(text) == text


@given(text=st.text(max_size=60), many=st.lists(secrets, max_size=4))
def test_redacting_never_fails_and_leaves_no_raw_secret(text: str, many: list[str]) -> None:
    shown = Redactor(many).redact(text + "".join(many))
    for secret in many:
        assume(len(secret.strip()) >= 4 and secret.strip() not in MARK)
        assert secret.strip() not in shown.replace(MARK, "\0")


def test_lone_surrogates_pass_through() -> None:
    assert Redactor(["secret"]).redact("\udc80 secret \ud800") == f"\udc80 {MARK} \ud800"


def test_overlapping_secrets_leave_no_piece_of_either() -> None:
    assert Redactor(["abcdef", "defghi"]).redact("<abcdefghi>") == f"<{MARK}>"


def test_the_longer_secret_hides_the_shorter_one() -> None:
    assert Redactor(["pass", "password1"]).redact("(password1)") == f"({MARK})"


def test_very_short_secrets_are_left_alone_in_prose() -> None:
    assert Redactor(["abc", "", "  "]).redact("abc is the alphabet") == "abc is the alphabet"


def test_short_and_unknown_passwords_are_struck_out_of_urls() -> None:
    text = "could not reach postgresql://app:x@db.internal:5432/app?sslmode=require"
    assert Redactor().redact(text) == (
        f"could not reach postgresql://app:{MARK}@db.internal:5432/app?sslmode=require"
    )


def test_a_password_with_an_at_sign_is_struck_out_whole() -> None:
    assert Redactor().redact("postgres://u:p@ss/w@rd@h/db") == f"postgres://u:{MARK}@h/db"


def test_a_port_is_not_taken_for_a_password() -> None:
    text = "see http://127.0.0.1:8080/acme/shop/@main"
    assert Redactor().redact(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "host=db password=x user=app",
        "host=db password='x y' user=app",
        r"host=db password='it\'s' user=app",
        "postgres://db/app?user=app&password=x&sslmode=require",
        '{"password": "x"}',
    ],
)
def test_passwords_in_connection_settings_are_struck_out(text: str) -> None:
    redacted = Redactor().redact(text)
    assert MARK in redacted
    assert "x" not in redacted.replace("postgres", "").replace("sslmode", "")


def test_sql_about_a_password_column_is_shown_as_it_is() -> None:
    sql = "UPDATE users SET password = NULL WHERE password IS NOT NULL;"
    assert Redactor().redact(sql) == sql


def test_github_tokens_are_struck_out_by_their_look() -> None:
    assert Redactor().redact("ghs_" + "a1" * 18) == MARK


def test_redacting_twice_changes_nothing() -> None:
    redactor = Redactor(["hunter22"])
    once = redactor.redact("postgres://app:hunter22@db/app password=hunter22")
    assert redactor.redact(once) == once


def test_the_environment_gives_urls_their_passwords_and_named_secrets() -> None:
    redactor = Redactor.from_environment(
        {
            "STAGING": "postgres://app:p%40ssw0rd@db/app",
            "UNNAMED": "postgres://app:0ther-one@db/app",
            "GITHUB_TOKEN": "t0ken-value",
            "PGPASSWORD": "pg-value",
            "AWS_SECRET_ACCESS_KEY": "aws-value",
            "USE_TOKEN": "true",
            "HOME": "/home/runner",
        },
        ["STAGING", "ABSENT"],
    )
    for secret in ("p@ssw0rd", "p%40ssw0rd", "0ther-one", "t0ken-value", "pg-value", "aws-value"):
        assert redactor.redact(f"- {secret} -") == f"- {MARK} -"
    assert redactor.redact("postgres://app:p%40ssw0rd@db/app") == MARK
    assert redactor.redact("true in /home/runner") == "true in /home/runner"


@pytest.mark.parametrize(
    "value",
    [
        "postgresql://db/app?user=app&password=hunter22",
        "postgresql://app@db/app?sslpassword=hunter22",
        "host=db user=app password=hunter22",
        "host=db password = 'hunter22' dbname=app",
        "jdbc:postgresql://db/app?user=app&PASSWORD=hunter22",
    ],
)
def test_a_variable_with_a_password_among_parameters_is_a_secret_whatever_its_name(
    value: str,
) -> None:
    assert is_secret("PRIMARY", value)
    redactor = Redactor.from_environment({"PRIMARY": value})
    assert redactor.redact(f"- {value} -") == f"- {MARK} -"
    assert "hunter22" not in redactor.redact("it said hunter22")


@pytest.mark.parametrize(
    "value",
    [
        "postgresql://db/app?user=app",
        "postgresql://app@db:5432/app",
        "https://example.com/reset_password?user=ada",
        "--password-file /run/secret",
        "no_password=",
        "/home/ada/password",
    ],
)
def test_a_variable_without_a_password_is_no_secret(value: str) -> None:
    assert not is_secret("PRIMARY", value)


def test_an_unreadable_url_is_still_struck_out_whole() -> None:
    url = "postgres://app:[hunter22@db/app"
    redactor = Redactor.from_environment({"X": url}, ["X"])
    assert redactor.redact(url) == MARK
    assert "hunter22" not in redactor.redact("no password [hunter22 here")


def test_the_lines_of_a_key_are_secrets_too() -> None:
    key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQ\n-----END KEY-----"
    assert Redactor([key]).redact("line 2 is MIIEvQIBADANBg") == f"line 2 is {MARK}"


def test_a_wrapped_secret_is_struck_out_across_lines() -> None:
    assert Redactor(["hunter22hunter22"]).redact("x hunter22\n  hunter22 y") == f"x {MARK} y"


def test_every_connection_string_of_a_list_is_a_secret() -> None:
    import json

    urls = {name: f"postgresql://u:pass-{name}%21@h/{name}" for name in ("one", "two")}
    for value in (json.dumps(urls), json.dumps([*urls.values()]), "\n".join(urls.values())):
        redactor = Redactor.from_environment({"TENANTS": value})
        for name, url in urls.items():
            for form in (url, f"pass-{name}%21", f"pass-{name}!"):
                assert redactor.redact(f"it is {form} here") == "it is [redacted] here"


def test_a_connection_string_that_a_database_told_is_a_secret() -> None:
    redactor = Redactor.from_environment({}, urls=["postgresql://u:from-a-table@h/d"])
    assert redactor.redact("password from-a-table is wrong") == "password [redacted] is wrong"


@pytest.mark.parametrize(
    "name",
    [
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AZURE_STORAGE_ACCOUNT_KEY",
        "AZURE_STORAGE_SAS_KEY",
        "AZURE_STORAGE_CLIENT_SECRET",
        "GOOGLE_SERVICE_ACCOUNT_KEY",
        "AWS_SSE_CUSTOMER_KEY_BASE64",
        "AZURE_STORAGE_CONNECTION_STRING",
        "NEON_API_KEY",
        "PGBACKREST_REPO1_CIPHER_PASS",
        "WALG_LIBSODIUM_KEY",
    ],
)
def test_keys_of_object_stores_are_struck_out(name: str) -> None:
    redactor = Redactor.from_environment({name: CANARY})
    assert CANARY not in redactor.redact(f"it said {CANARY}")


def test_the_private_key_in_an_account_of_google_is_struck_out() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMIIEvcanary5150\n-----END PRIVATE KEY-----\n"
    value = json.dumps({"type": "service_account", "private_key": key})
    redactor = Redactor.from_environment({"GOOGLE_SERVICE_ACCOUNT_KEY": value})
    assert "MIIEvcanary5150" not in redactor.redact(f"bad key: {key}")


def test_a_private_key_of_age_is_struck_out_whoever_told_it() -> None:
    said = Redactor().redact("cannot read AGE-SECRET-KEY-1QQPZRY9X8, nor age1qqpzry9x8")
    assert said == f"cannot read {MARK}, nor age1qqpzry9x8"
