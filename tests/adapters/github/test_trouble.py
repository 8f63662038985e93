import pytest
import requests
from requests.structures import CaseInsensitiveDict

from bot.adapters.github.trouble import Trouble, trouble_in

AT = "Sun, 22 Nov 2026 12:00:00 GMT"
NOON = 1795348800
SECONDARY = '{"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}'
REFUSED = '{"message": "Resource not accessible by integration"}'


def response(status: int, body: str = "", **headers: str) -> requests.Response:
    made = requests.Response()
    made.status_code = status
    made._content = body.encode()
    made.encoding = "utf-8"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    made.headers = CaseInsensitiveDict({"date": AT, **named})
    return made


LIMITS = [
    (response(403, SECONDARY, retry_after="7"), 7.0),
    (response(429, "", retry_after="7"), 7.0),
    (response(429, "", retry_after="Sun, 22 Nov 2026 12:00:30 GMT"), 30.0),
    (response(403, SECONDARY), 60.0),
    (response(429, "Too many"), 60.0),
    (response(403, "", x_ratelimit_remaining="0", x_ratelimit_reset=str(NOON + 90)), 91.0),
    (response(429, "", x_ratelimit_remaining="0", x_ratelimit_reset=str(NOON - 90)), 1.0),
]


@pytest.mark.parametrize("verb", ["GET", "POST", "PATCH"])
@pytest.mark.parametrize(("answer", "wait"), LIMITS)
def test_a_limit_refuses_before_anything_is_done_so_anything_is_repeated(
    answer: requests.Response, wait: float, verb: str
) -> None:
    assert trouble_in(answer, verb) == Trouble("its rate limit is used up", wait)


@pytest.mark.parametrize(
    "answer",
    [
        response(200, "{}", content_type="application/json"),
        response(204),
        response(403, REFUSED, x_ratelimit_remaining="4999"),
        response(404, '{"message": "Not Found"}'),
        response(422, '{"message": "Validation Failed"}'),
        response(302, "", location="https://elsewhere.example"),
        response(200, "PK\x03\x04", content_type="application/zip"),
    ],
)
def test_an_answer_or_a_refusal_stands(answer: requests.Response) -> None:
    assert trouble_in(answer, "GET") is None


@pytest.mark.parametrize(
    "answer",
    [
        response(500),
        response(503, "<html>Unicorn</html>"),
        response(408),
        response(200, '{"id": ', content_type="application/json; charset=utf-8"),
        response(200, "<!DOCTYPE html><title>Sign in</title>", content_type="text/html"),
        requests.ReadTimeout(),
        requests.ConnectionError("reset"),
        requests.exceptions.ChunkedEncodingError(),
    ],
)
def test_an_outage_is_asked_again_unless_it_may_have_done_something(
    answer: requests.Response | requests.RequestException,
) -> None:
    assert trouble_in(answer, "GET") is not None
    assert trouble_in(answer, "DELETE") is not None
    assert trouble_in(answer, "POST") is None


def test_what_was_never_sent_may_be_sent_again() -> None:
    assert trouble_in(requests.ConnectTimeout(), "POST") is not None


def test_a_certificate_that_nobody_trusts_is_not_asked_about_again() -> None:
    assert trouble_in(requests.exceptions.SSLError(), "GET") is None
