from __future__ import annotations

import re

from fastapi.testclient import TestClient


def test_the_control_page_is_ours_alone(client: TestClient) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    assert response.headers["cache-control"] == "no-store"
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_the_button_is_never_cached(client: TestClient) -> None:
    response = client.get("/static/AI_button_browser_plugin.js")
    assert response.status_code == 200
    assert "javascript" in response.headers["content-type"]
    assert response.headers["cache-control"] == "no-store"


def test_nothing_is_fetched_from_the_internet(client: TestClient) -> None:
    pages = ["/", "/docs", "/static/control.js", "/static/control.css"]
    for page in [*pages, "/static/AI_button_browser_plugin.js"]:
        text = client.get(page).text
        for attribute in re.findall(
            r"""(?:src|href|url)\s*[=(:]\s*["']?(https?:[^"')\s>]+)""", text
        ):
            assert re.match(r"https?://(localhost|127\.0\.0\.1)\b", attribute), (page, attribute)


def test_docs_describe_every_route_of_the_contract(client: TestClient) -> None:
    assert client.get("/docs").status_code == 200
    paths = client.get("/openapi.json").json()["paths"]
    assert set(paths) >= {
        "/health",
        "/ready",
        "/transcribe",
        "/process",
        "/process/confirm",
        "/v1/audio/transcriptions",
        "/v1/models",
    }
