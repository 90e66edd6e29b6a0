"""Tell which Whisper models are known: the built-in ones, and those that the user describes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from voice_assistant.errors import ConfigError, ModelError
from voice_assistant.models.descriptions import read_models
from voice_assistant.models.model import Model

STOPGAP = "base"
"""The model that serves until a better one is here; packages have it."""


@cache
def built_in() -> Mapping[str, Model]:
    """Return the models that need no description by the user, by name, the largest first."""
    resource = files("voice_assistant.models") / "data" / "models.toml"
    return MappingProxyType(read_models(resource.read_text(encoding="utf-8"), {}))


def find_models(own: Path) -> Mapping[str, Model]:
    """Return every known model by name, the user's own last.

    Args:
        own: the user's `models.toml`; it need not exist.

    Raises:
        ConfigError: `CONFIG_INVALID`, it cannot be read, or says what it must not.
    """
    try:
        if not own.exists():
            return built_in()
        described = read_models(own.read_text(encoding="utf-8-sig"), built_in())
    except OSError as error:
        raise ConfigError("CONFIG_INVALID", detail=str(error)) from error
    except ValueError as error:  # no TOML, no text, or not what a model needs
        raise ConfigError("CONFIG_INVALID", detail=f"{own}: {error}") from error
    return MappingProxyType({**built_in(), **described})


def find_model(name: str, models: Mapping[str, Model]) -> Model:
    """Return a model by its name.

    Raises:
        ModelError: `MODEL_MISSING`, it is not among the models.
    """
    if name not in models:
        raise ModelError("MODEL_MISSING", model=name)
    return models[name]


def select(names: Iterable[str], models: Mapping[str, Model]) -> list[Model]:
    """Return the models with these names, in this order; names that nobody knows are left out."""
    return [models[name] for name in names if name in models]


def choose_package(names: Iterable[str], models: Mapping[str, Model]) -> Model:
    """Return the model to take from packages, so that there is one to begin with.

    Args:
        names: of the models that are wanted, best first.
        models: all that are known.

    Returns:
        The first of them that packages have; base if they have none.

    Raises:
        ModelError: `MODEL_MISSING`, none of the names is known.
    """
    names = list(names)
    wanted = select(names, models)
    if not wanted:
        raise ModelError("MODEL_MISSING", model=", ".join(names))
    return next(model for model in (*wanted, models[STOPGAP]) if model.packaged)
