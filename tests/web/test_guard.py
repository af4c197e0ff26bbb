"""Who may ask, how much, and what a browser may do with the answer."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from foedus.web.guard import COOKIE, Guard

HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


async def _echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


def guarded(token="", body=100):
    app = Starlette(routes=[Route("/", _echo, methods=["GET", "POST"])])
    return TestClient(Guard(app, HOSTS, body, token), base_url="http://127.0.0.1:8000")


def test_its_own_names_pass_with_or_without_port():
    for name in ("127.0.0.1", "localhost:99", "[::1]:8000"):
        assert guarded().get("/", headers={"host": name}).status_code == 200


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.evil.example", "", "localhost.x:80"])
def test_other_names_are_refused(name):
    assert guarded().get("/", headers={"host": name}).status_code == 421


def test_another_page_is_refused_and_this_one_is_not():
    own = {"origin": "http://127.0.0.1:8000"}
    assert guarded().post("/", headers=own).status_code == 200
    for other in ("http://evil.example", "http://127.0.0.1:9000", "null"):
        assert guarded().post("/", headers={"origin": other}).status_code == 403


def test_too_much_is_refused_whatever_length_it_claims():
    assert guarded().post("/", content=b"x" * 100).text == "100"
    assert guarded().post("/", content=b"x" * 101).status_code == 413
    pieces = (b"x" * 60 for _ in range(3))
    assert guarded().post("/", content=pieces).status_code == 413
    assert guarded().post("/", headers={"content-length": "-5"}).status_code == 413


def test_a_token_is_asked_for_and_kept_in_a_cookie():
    client = guarded(token="secret")
    assert client.get("/").status_code == 401
    assert client.get("/?token=wrong").status_code == 401
    assert client.get("/", headers={"authorization": "Bearer secret"}).status_code == 200
    assert client.get("/").status_code == 401
    first = client.get("/?token=secret")
    assert first.status_code == 200
    assert {"HttpOnly", "SameSite=Strict"} <= set(first.headers["set-cookie"].split("; "))
    assert client.cookies[COOKIE] == "secret"
    assert client.get("/").status_code == 200


def test_every_answer_and_refusal_says_what_a_browser_may_do():
    for said in (guarded().get("/"), guarded().get("/", headers={"host": "x"})):
        policy = said.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert said.headers["x-content-type-options"] == "nosniff"


def test_where_a_token_guards_any_name_will_do():
    app = Starlette(routes=[Route("/", _echo)])
    client = TestClient(Guard(app, None, 100, "secret"), base_url="http://any.example")
    assert client.get("/", headers={"authorization": "Bearer secret"}).status_code == 200
    assert client.get("/").status_code == 401
