from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.routing import Mount, Route
from starlette.websockets import WebSocketDisconnect

from tests.support.app import BASE_URL, App, app_for, settings_for

ALLOWED = "http://localhost:8888"
FOREIGN = [
    "http://evil.example",
    "http://localhost:3000",
    "http://localhost:8888.evil.example",
    "http://127.0.0.1:8889.evil.example",
    "https://localhost:8888",
    "http://localhost",
    "null",
    "",
    "http://localhost:8888 http://evil.example",
]
FOREIGN_HOSTS = [
    "evil.example",
    "evil.example:8889",
    "localhost",
    "localhost:80",
    "127.0.0.1:88890",
    "0.0.0.0:8889",
    "localhost.evil.example:8889",
    "[::]:8889",
    "",
]


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """Every method and path that the application has, and one that it has not."""
    found = [("GET", "/nothing"), ("POST", "/nothing")]
    for route in app.routes:
        if isinstance(route, (APIRoute, Route)):
            found += [(method, route.path) for method in route.methods or ()]
        elif isinstance(route, Mount):
            found.append(("GET", f"{route.path}/control.js"))
    return found


def included(app: App) -> list[tuple[str, str]]:
    schema = app.client.get("/openapi.json").json()
    described = [
        (method.upper(), path) for path, methods in schema["paths"].items() for method in methods
    ]
    return sorted({*routes(app.client.app), *described})  # type: ignore[arg-type]


def test_every_route_refuses_every_foreign_origin(app: App) -> None:
    listed = included(app)
    assert {("POST", "/process"), ("POST", "/transcribe"), ("GET", "/health")} <= set(listed)
    for method, path in listed:
        for origin in FOREIGN:
            answer = app.client.request(method, path, headers={"Origin": origin})
            assert answer.status_code == 403, (method, path, origin)
    assert app.desktop.launched == []


@pytest.mark.parametrize(
    "kind",
    ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"],
)
def test_no_content_type_gets_a_foreign_page_in(app: App, kind: str) -> None:
    response = app.client.post(
        "/process",
        content='{"text": "打开计算器"}'.encode(),
        headers={"Origin": "http://evil.example", "Content-Type": kind},
    )
    assert (response.status_code, response.json()["code"]) == (403, "FOREIGN_ORIGIN")
    assert "http://evil.example" in response.json()["error"]
    assert app.desktop.launched == []


def test_two_origins_are_not_one_good_one(client: TestClient) -> None:
    headers = [("Origin", ALLOWED), ("Origin", "http://evil.example")]
    assert client.get("/health", headers=headers).status_code == 403


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_forged_host_is_refused(app: App, host: str) -> None:
    for path in ("/health", "/", "/static/control.js"):
        assert app.client.get(path, headers={"Host": host}).status_code == 403
    response = app.client.post("/process", json={"text": "打开计算器"}, headers={"Host": host})
    assert (response.status_code, response.json()["code"]) == (403, "FOREIGN_HOST")
    assert app.desktop.launched == []


@pytest.mark.parametrize(
    "host", ["localhost:8889", "127.0.0.1:8889", "[::1]:8889", "LOCALHOST:8889"]
)
def test_our_own_names_are_good(client: TestClient, host: str) -> None:
    assert client.get("/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin", [ALLOWED, "http://127.0.0.1:8888", "http://localhost:8889", "http://127.0.0.1:8889"]
)
def test_allowed_pages_may_do_everything(app: App, origin: str) -> None:
    response = app.client.post("/process", json={"text": "打开计算器"}, headers={"Origin": origin})
    assert response.status_code == 200
    assert app.desktop.launched == [("app", "计算器")]


def test_allowed_pages_may_read_the_answer(client: TestClient) -> None:
    response = client.get("/health", headers={"Origin": ALLOWED})
    assert response.headers["access-control-allow-origin"] == ALLOWED
    preflight = {
        "Origin": ALLOWED,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    response = client.options("/process", headers=preflight)
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == ALLOWED
    assert "access-control-allow-credentials" not in response.headers


def test_a_preflight_from_elsewhere_is_refused(client: TestClient) -> None:
    preflight = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    response = client.options("/process", headers=preflight)
    assert response.status_code == 403
    assert "access-control-allow-origin" not in response.headers


def test_websockets_from_elsewhere_are_refused(client: TestClient) -> None:
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/process", headers={"Origin": "http://evil.example"}),
    ):
        pass


NAVIGATE = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    ("path", "fetch", "status"),
    [
        ("/", NAVIGATE, 200),
        ("/docs", NAVIGATE, 200),
        ("/health", NAVIGATE, 403),
        ("/", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403),
        ("/", {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty"}, 403),
        ("/static/control.js", {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}, 200),
        ("/static/control.js", {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty"}, 403),
        ("/health", {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, 403),
        ("/health", {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}, 403),
    ],
)
def test_what_browsers_send_without_an_origin(
    client: TestClient, site: str, path: str, fetch: dict[str, str], status: int
) -> None:
    response = client.get(path, headers={"Sec-Fetch-Site": site, **fetch})
    assert response.status_code == status


def test_a_post_without_an_origin_from_elsewhere_is_refused(app: App) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", **NAVIGATE}
    response = app.client.post("/process", json={"text": "打开计算器"}, headers=headers)
    assert response.status_code == 403
    assert app.desktop.launched == []


def test_openai_routes_refuse_in_openai_shape(client: TestClient) -> None:
    response = client.get("/v1/models", headers={"Origin": "http://evil.example"})
    assert response.status_code == 403
    assert set(response.json()["error"]) == {"message", "type", "code"}


@pytest.fixture
def with_token(tmp_path: Path) -> Iterator[TestClient]:
    settings = settings_for(tmp_path, token="sesame", allowed_hosts=["desk.lan:8889"])
    with TestClient(app_for(settings), base_url=BASE_URL) as client:
        yield client


@pytest.mark.parametrize(
    "header",
    [None, "Bearer", "Bearer wrong", "Basic sesame", "sesame", "Bearer sesamé", "Bearer sesame x"],
)
def test_without_the_token_nothing_is_done(with_token: TestClient, header: str | None) -> None:
    headers = {} if header is None else {b"Authorization": header.encode("utf-8")}
    response = with_token.post("/process", json={"text": "截图"}, headers=headers)
    assert (response.status_code, response.json()["code"]) == (401, "UNAUTHORIZED")


def test_with_the_token_all_is_well(with_token: TestClient) -> None:
    headers = {"Authorization": "Bearer sesame", "Host": "desk.lan:8889"}
    assert with_token.get("/health", headers=headers).status_code == 200
    assert with_token.get("/static/control.js").status_code == 200
    assert with_token.get("/openapi.json").status_code == 401
