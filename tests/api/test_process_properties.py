from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.app import App
from tests.support.properties import one_in, unreliable

TEXTS = st.text(st.characters(), max_size=30) | st.sampled_from(
    ["打开计算器", "搜索\ud800", "打开\0"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
GOOD = json.dumps({"text": "打开计算器", "execute_commands": False}).encode()


def answered(app: App, path: str, body: bytes) -> None:
    """Our errors have one shape; none of them is that something broke."""
    response = app.client.post(path, content=body, headers={"Content-Type": "application/json"})
    content = response.json()
    assert response.status_code in (200, 404, 422), (body, content)
    if response.status_code != 200:
        assert set(content) == {"success", "code", "error"}


@one_in(2)
@given(unreliable(GOOD))
@example(b'{"a":' + b"[" * 50_000)
@example(b'{"text": ' + b"9" * 5000 + b"}")
@example(b"\xff\xfe{}")
def test_any_body_is_answered(app: App, body: bytes) -> None:
    answered(app, "/process", body)


@one_in(2)
@given(st.fixed_dictionaries({"text": TEXTS | VALUES}, optional={"execute_commands": VALUES}))
@example({"text": "打开\ud800", "execute_commands": False})
@example({"text": "新建文件夹叫\ud800", "execute_commands": False})
@example({"text": "\ud800打开计算器"})
@example({"text": "打开计算器", "execute_commands": "\ud800"})
def test_any_text_is_answered(app: App, body: dict[str, Any]) -> None:
    answered(app, "/process", json.dumps(body).encode())


@one_in(2)
@given(VALUES)
@example("\ud800")
def test_any_confirmation_is_answered(app: App, value: Any) -> None:
    answered(app, "/process/confirm", json.dumps({"id": value}).encode())
