from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import SecretStr
from starlette.types import Message, Receive, Scope, Send

from voice_assistant.api.guard import Guard
from voice_assistant.settings import Settings

HOSTS = ["localhost:8889", "127.0.0.1:8889", "[::1]:8889", "desk.lan:8889"]
ORIGINS = ["http://localhost:8888", "https://desk.lan", *(f"http://{host}" for host in HOSTS)]

Header = tuple[bytes, bytes]

HERE: list[Header] = [(b"host", b"localhost:8889")]


def near(good: list[str]) -> st.SearchStrategy[str]:
    """What is on a list, what nearly is, and anything."""
    some = st.sampled_from(good)
    bits = st.sampled_from(
        ["", ".", " ", "@", "/", "0", "x", ".evil.example", "http://", "\t", ":80"]
    )
    cut = st.tuples(some, st.integers(0, 30)).map(lambda pair: pair[0][: pair[1]])
    anything = st.text(st.characters(max_codepoint=255), max_size=20)
    return st.one_of(
        some, st.builds("{}{}{}".format, bits, some, bits), cut, anything, some.map(str.upper)
    )


def headers(name: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[list[Header]]:
    lines = values.map(lambda value: (name.encode(), value.encode("latin-1")))
    return st.lists(lines, max_size=2)


FETCH = st.fixed_dictionaries(
    {},
    optional={
        "sec-fetch-site": st.sampled_from(["none", "same-origin", "same-site", "cross-site", "?"]),
        "sec-fetch-mode": st.sampled_from(["navigate", "cors", "no-cors"]),
        "sec-fetch-dest": st.sampled_from(["document", "script", "image", "iframe", "empty"]),
        "referer": st.text(st.characters(max_codepoint=255), max_size=5),
        "accept-language": st.text(st.characters(max_codepoint=255), max_size=5),
        "authorization": st.sampled_from(
            ["Bearer sesame", "bearer sesame", "Bearer", "\xe9", "sesame"]
        ),
    },
)
PATHS = st.sampled_from(
    ["/", "/docs", "/process", "/health", "/static/control.js", "/v1/models", "/static"]
)
METHODS = st.sampled_from(["GET", "POST", "OPTIONS", "HEAD", "DELETE", "get"])


def asked(settings: Settings, scope: dict[str, Any]) -> tuple[bool, list[Message]]:
    """Whether a request gets past the guard, and what was answered if not."""
    reached: list[Scope] = []
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append(scope)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Guard(app, settings)(scope, receive, send))
    return bool(reached), sent


@given(
    st.booleans(),
    headers("host", near(HOSTS)),
    headers("origin", near(ORIGINS)),
    FETCH,
    METHODS,
    PATHS,
    st.booleans(),
)
@example(False, HERE, [(b"origin", b"")], {}, "POST", "/process", False)
@example(False, HERE, [(b"origin", b"http://localhost:8888.evil")], {}, "POST", "/", False)
@example(False, HERE, [(b"origin", b"http://localhost:8888")] * 2, {}, "POST", "/", False)
@example(False, [(b"host", b"localhost:8889.evil")], [], {}, "POST", "/", False)
@example(False, HERE * 2, [], {}, "POST", "/", True)
def test_nothing_passes_that_is_not_on_the_lists(
    token: bool,
    hosts: list[Header],
    origins: list[Header],
    fetch: dict[str, str],
    method: str,
    path: str,
    websocket: bool,
) -> None:
    settings = Settings(
        allowed_hosts=["desk.lan:8889"],
        allowed_origins=ORIGINS[:2],
        token=SecretStr("sesame") if token else None,
        locale="en",
    )
    others = [(name.encode(), value.encode("latin-1")) for name, value in fetch.items()]
    scope: dict[str, Any] = {
        "type": "websocket" if websocket else "http",
        "path": path,
        "headers": [*others, *hosts, *origins],
        "server": ("127.0.0.1", 8889),
    }
    if not websocket:
        scope["method"] = method
    passed, sent = asked(settings, scope)
    if not passed:
        starts = [each for each in sent if each["type"] == "http.response.start"]
        closes = [each for each in sent if each["type"] == "websocket.close"]
        assert [each["status"] in (401, 403) for each in starts] == [True] * (not websocket)
        assert len(closes) == websocket
        return
    assert sent == []
    [(_, host)] = hosts
    assert host.decode("latin-1").lower() in HOSTS
    assert len(origins) <= 1
    for _, origin in origins:
        assert origin.decode("latin-1").lower() in ORIGINS
    if not origins and fetch.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        assert not websocket
        assert method == "GET"
        assert path in ("/", "/docs") or path.startswith("/static/")
    if token:
        open_to_all = (
            path == "/" or path.startswith("/static/") or (method == "OPTIONS" and not websocket)
        )
        assert open_to_all or fetch["authorization"].lower() == "bearer sesame"


def test_what_is_on_the_lists_passes() -> None:
    settings = Settings(allowed_hosts=["desk.lan:8889"], allowed_origins=ORIGINS[:2])
    for host in HOSTS:
        for origin in ORIGINS:
            lines = [(b"host", host.encode()), (b"origin", origin.encode())]
            scope = {"type": "http", "method": "POST", "path": "/process", "headers": lines}
            assert asked(settings, {**scope, "server": ("127.0.0.1", 8889)})[0], (host, origin)
