"""Hold every knob of the service in one class, read from the environment or a file."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, HttpUrl, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from voice_assistant import ROOT
from voice_assistant.engines import ENGINES, engines_for
from voice_assistant.errors import ConfigError

CONFIG_FILE = ROOT / "voice_assistant.toml"


class Settings(BaseSettings):
    """Hold settings: from the environment (`VOICE_…`), else `voice_assistant.toml`, else defaults.

    Raises:
        pydantic.ValidationError: a value is of the wrong kind, or the file has an unknown key.
    """

    model_config = SettingsConfigDict(
        env_prefix="VOICE_",
        toml_file=CONFIG_FILE,
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        protected_namespaces=(),
    )

    host: str = Field(
        default="127.0.0.1",
        description="Address to listen on; anything but loopback needs a token.",
    )
    port: int = Field(default=8889, ge=1, le=65535, description="Port to listen on.")
    token: SecretStr | None = Field(
        default=None, description="If set, requests must carry it: `Authorization: Bearer …`."
    )
    allowed_hosts: list[str] = Field(
        default=[], description="Further `Host` values to accept, as `name:port`."
    )
    allowed_origins: list[str] = Field(
        default=["http://localhost:8888", "http://127.0.0.1:8888"],
        description="Pages that may call the service: where Open WebUI runs.",
    )
    locale: Literal["auto", "zh", "en"] = Field(
        default="auto", description="Language of messages to people."
    )

    torch_index: str = Field(
        default="",
        description="Where torch for the card is looked for first: a folder with `cu130`, `cu126`.",
    )

    model: str = Field(default="auto", description="`auto`, or the name of one model.")
    model_priority: list[str] = Field(
        default=["large-v3-turbo", "medium", "base"],
        description="`auto` takes the first that is here and fits.",
    )
    model_dir: Path = Field(default=ROOT / "models", description="Where model files are kept.")
    models_file: Path = Field(
        default=ROOT / "models.toml", description="The user's own models; it need not exist."
    )
    download: Literal["ask", "yes", "no"] = Field(
        default="ask", description="Whether a model that suits the computer better is fetched."
    )
    download_connections: int = Field(
        default=8, ge=1, le=32, description="Connections to a source of models."
    )
    engine: Literal["auto", "torch", "ctranslate2", "fake"] = Field(
        default="auto", description="What runs the model."
    )
    device: Literal["auto", "cuda", "cpu"] = Field(
        default="auto", description="Where the model runs."
    )
    compute_type: Literal["auto", "float16", "int8", "float32"] = Field(
        default="auto", description="Form of the weights; `auto`: the most exact one that fits."
    )
    keep_alive_s: float = Field(
        default=300,
        ge=-1,
        le=1e9,
        description="Seconds without speech until the memory is given back; -1: never.",
    )
    cpu_threads: int = Field(
        default=0,
        ge=0,
        le=256,
        description="Threads of one recognition; 0: half of the cores, at most 4.",
    )
    language: str = Field(
        default="zh",
        pattern=r"^(auto|[a-z]{2,3}(,[a-z]{2,3})*)$",
        description="Spoken language, several to choose from (`zh,en`), or `auto` for any.",
    )
    script: Literal["simplified", "traditional"] = Field(
        default="simplified", description="Characters that Chinese is written in."
    )
    gpu_memory_fraction: float = Field(
        default=0.5, gt=0, le=1, description="Promised share of the card."
    )

    max_upload_mb: float = Field(
        default=25, gt=0, le=1024, description="Largest upload, in MB (10⁶ bytes)."
    )
    max_audio_s: float = Field(
        default=600, gt=0, le=7200, description="Longest recording, in seconds."
    )
    queue_size: int = Field(
        default=16, ge=1, le=1024, description="Recognitions that may wait; one more gets 429."
    )

    commands_file: Path = Field(
        default=ROOT / "commands.toml", description="The user's own apps and sites."
    )
    dry_run: bool = Field(default=False, description="Decide and report, never launch.")
    confirm_ttl_s: float = Field(
        default=60, gt=0, le=3600, description="How long a confirmation id is good for, in seconds."
    )

    enable_ai_response: bool = Field(
        default=False, description="`/process` asks a language model to answer chat."
    )
    ai_base_url: HttpUrl = Field(
        default=HttpUrl("http://127.0.0.1:11434/v1"),
        description="An OpenAI-compatible server (Ollama's by default).",
    )
    ai_model: str = Field(
        default="", description="The model that answers; needed with `enable_ai_response`."
    )
    ai_api_key: SecretStr | None = Field(
        default=None, description="Key for that server, if it wants one."
    )

    log_file: Path = Field(default=ROOT / "voice_assistant.log", description="Rotating log.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="How much is logged."
    )

    @property
    def wants_card(self) -> bool:
        """Return whether a card may be used, for which torch is needed."""
        return self.device != "cpu" and bool(engines_for(self.engine, "cuda"))

    @property
    def needs_model(self) -> bool:
        """Return whether a model is needed, as it is by all engines but those for tests."""
        return all(ENGINES[name].needs_model for name in engines_for(self.engine, "cpu"))

    @property
    def wanted_models(self) -> list[str]:
        """Return the names of the models to choose from, best first; known or not."""
        return self.model_priority if self.model == "auto" else [self.model]

    @field_validator("allowed_origins", "allowed_hosts")
    @classmethod
    def _no_wildcards(cls, values: list[str]) -> list[str]:
        if any("*" in value or value == "null" for value in values):
            raise ValueError("name each one in full; '*' and 'null' are not accepted")
        return [value.rstrip("/").lower() for value in values]

    @field_validator("model_dir", "models_file", "commands_file", "log_file")
    @classmethod
    def _no_zeros(cls, path: Path) -> Path:
        if "\0" in str(path):
            raise ValueError("no file can have a zero in its name")
        return path

    @model_validator(mode="after")
    def _token_off_loopback(self) -> Settings:
        if self.token is None and not is_loopback(self.host):
            raise ValueError(f"VOICE_HOST={self.host} is reachable by others: set VOICE_TOKEN too")
        return self

    @model_validator(mode="after")
    def _card_needs_an_engine(self) -> Settings:
        if self.device == "cuda" and not self.wants_card:
            able = " or ".join(engines_for("auto", "cuda"))
            raise ValueError(f"VOICE_DEVICE=cuda needs VOICE_ENGINE={able}, not {self.engine}")
        return self

    @model_validator(mode="after")
    def _ai_needs_a_model(self) -> Settings:
        if self.enable_ai_response and not self.ai_model:
            raise ValueError("VOICE_ENABLE_AI_RESPONSE needs VOICE_AI_MODEL")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where values come from: arguments, then the environment, then the TOML file."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls))


def is_loopback(host: str) -> bool:
    """Return whether only this computer can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def load_settings(**overrides: Any) -> Settings:
    """Return the settings, or say in one clear sentence what is wrong with them.

    Raises:
        ConfigError: a value is of the wrong kind, or the file is not TOML.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = (
            "VOICE_" + "_".join(str(part) for part in first["loc"]).upper() if first["loc"] else ""
        )
        detail = f"{name} {first['msg']}".strip()
        raise ConfigError("CONFIG_INVALID", detail=detail) from error
    except (SettingsError, ValueError, OSError, RecursionError) as error:
        raise ConfigError("CONFIG_INVALID", detail=str(error)) from error
