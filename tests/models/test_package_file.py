from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from voice_assistant.errors import ModelError
from voice_assistant.models.known import built_in
from voice_assistant.models.package_file import find_package_file


def test_it_is_the_real_one() -> None:
    config = next(file for file in built_in()["base"].files if file.name == "config.json")
    data = find_package_file("config.json").read_bytes()
    assert hashlib.sha256(data).hexdigest() == config.sha256


@pytest.mark.parametrize(("content", "code"), [(b"{}", "PACKAGE_DAMAGED"), (None, "MODEL_MISSING")])
def test_a_package_that_is_not_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, code: str
) -> None:
    (tmp_path / "data").mkdir()
    if content is not None:
        (tmp_path / "data" / "config.json").write_bytes(content)
    monkeypatch.setattr("voice_assistant.models.package_file.files", lambda package: tmp_path)
    with pytest.raises(ModelError) as caught:
        find_package_file("config.json")
    assert caught.value.code == code
