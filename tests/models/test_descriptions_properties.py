from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.properties import unreliable
from voice_assistant.errors import ConfigError
from voice_assistant.messages import say
from voice_assistant.models.descriptions import read_models
from voice_assistant.models.known import built_in, find_models
from voice_assistant.models.model import Model

GOOD = f"""[[model]]
name = "mine"
like = "small"
modelscope = "who/mine"

[[model.file]]
name = "model.bin"
size = 10
sha256 = "{"ab" * 32}"
url = "https://example.org/model.bin"
""".encode()


def assert_sound(model: Model) -> None:
    """What is described can be fetched, kept in a folder and compared."""
    known = built_in().values()
    assert Path("models", model.name).parts == ("models", model.name)
    assert model.dimensions in [each.dimensions for each in known]
    for file in (*model.files, model.checkpoint):
        assert Path("models", file.name).parts == ("models", file.name)
        assert (type(file.size), type(file.sha256)) == (int, str)
        assert (type(file.modelscope), type(file.url)) == (str, str)
        assert all((type(part.package), type(part.path)) == (str, str) for part in file.parts)


@given(unreliable(GOOD))
@example(GOOD)
@example(b"a=" + b"[" * 50_000)
@example(GOOD.replace(b"size = 10", b"size = inf"))
@example(GOOD.replace(b"size = 10", b"size = nan"))
@example(GOOD.replace(b'url = "https://example.org/model.bin"', b"url = 5"))
@example(GOOD + b"parts = [{package = 5, path = 7}]\n")
@example(GOOD + b"parts = 5\n")
def test_any_file_is_models_or_one_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "models.toml"
    path.write_bytes(data)
    try:
        models = find_models(path)
    except ConfigError as error:
        assert str(path) in str(error.params["detail"])
        assert say(error.code, "zh", **error.params)
        return
    assert set(built_in()) <= set(models)
    for name in set(models) - set(built_in()):
        assert models[name].name == name
        assert_sound(models[name])


TEXTS = st.text(max_size=6) | st.sampled_from(["mine", "small", "model.bin", "a.pt", "ab" * 32])
VALUES = st.recursive(
    st.booleans() | st.integers(-5, 99) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
FILES = st.fixed_dictionaries(
    {"name": st.just("model.bin") | VALUES, "size": st.just(10) | VALUES},
    optional={
        "sha256": st.just("ab" * 32) | VALUES,
        "url": st.just("https://example.org") | VALUES,
        "modelscope": st.just("who/mine") | VALUES,
        "parts": st.lists(st.fixed_dictionaries({"package": VALUES, "path": VALUES}), max_size=1),
    },
)
TABLES = st.fixed_dictionaries(
    {"name": st.just("mine") | VALUES, "like": st.just("small") | VALUES},
    optional={"modelscope": VALUES, "file": st.lists(FILES, max_size=2) | VALUES},
)


def in_toml(value: Any) -> str:
    """A value as TOML has it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{in_toml(key)} = {in_toml(value[key])}" for key in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(in_toml, value)) + "]"
    if isinstance(value, str):
        escaped = "".join(f"\\U{ord(character):08x}" for character in value)
        return f'"{escaped}"'
    return str(value).lower()


@given(st.lists(TABLES, max_size=2) | VALUES)
def test_any_tables_are_models_or_one_sentence(tables: Any) -> None:
    try:
        models = read_models(f"model = {in_toml(tables)}", built_in())
    except ValueError as error:
        assert str(error)
        return
    for model in models.values():
        assert_sound(model)
