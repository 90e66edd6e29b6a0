"""Describe the JSON that goes in and out."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from voice_assistant.commands.decision import CommandType

LONGEST_TEXT = 20_000
"""Characters of text that `/process` takes."""


class OpenAIError(BaseModel):
    """Say what went wrong, in OpenAI's words."""

    message: str
    type: Literal["server_error", "invalid_request_error"]
    code: str


class OpenAIErrorBody(BaseModel):
    """Wrap every error on `/v1`."""

    error: OpenAIError


class ErrorBody(BaseModel):
    """Tell of an error, everywhere outside `/v1`."""

    success: Literal[False] = False
    code: str = Field(description="For programs: a constant such as UNSUPPORTED_FORMAT.")
    error: str = Field(description="For people: what happened and what to do next.")


class SuggestedCommand(BaseModel):
    """Offer something to do instead."""

    label: str
    text: str = Field(description="Send this to /process to choose it.")


class Suggestion(BaseModel):
    """Suggest what to do with a command whose name is not known."""

    message: str
    choices: list[SuggestedCommand] = []


class Confirmation(BaseModel):
    """Ask the person before anything is done."""

    id: str
    prompt: str
    expires_s: float


class Understood(BaseModel):
    """Tell what an utterance asks for."""

    transcribed_text: str
    is_command: bool
    command_type: CommandType | None = None
    command_target: str | None = None
    suggestion: Suggestion | None = None


class Executed(BaseModel):
    """Tell what was done about it."""

    command_executed: bool = False
    command_result: str | None = Field(default=None, description="A sentence for the person.")
    ai_response: str | None = None
    confirmation: Confirmation | None = None


class ProcessRequest(BaseModel):
    """Ask to act on a sentence."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "打开计算器"}]}
    )

    text: str = Field(max_length=LONGEST_TEXT)
    execute_commands: bool = True


class ConfirmRequest(BaseModel):
    """Confirm what was asked about."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(max_length=100)


class ProcessResponse(Understood, Executed):
    """Answer `/process` and `/process/confirm`."""

    success: Literal[True] = True


class TranscribeResponse(Understood):
    """Answer `/transcribe`."""

    success: Literal[True] = True
    language: str
    confidence: float = Field(
        description="0…1, of the command, or of the transcript if it is none."
    )
    duration_s: float
    timings_ms: dict[str, float]


class TranscribeAndExecuteResponse(TranscribeResponse, Executed):
    """Answer `/transcribe` with `execute_commands`."""


class Gpu(BaseModel):
    """Describe the card; memory in MB (10⁶ bytes)."""

    name: str
    total: float
    free: float
    cap: float = Field(description="What we promised to stay under.")
    used_by_us: float


class Memory(BaseModel):
    """Tell the resident memory in MB (10⁶ bytes)."""

    service: float
    speech: float


class Progress(BaseModel):
    """Tell how far a long recording is written down, in seconds."""

    done_s: float
    duration_s: float


class Queue(BaseModel):
    """Count the recordings that are being recognised and that wait."""

    running: int
    waiting: int
    limit: int
    long_recordings: list[Progress] = []


ServiceStatus = Literal["loading", "healthy", "idle", "unhealthy"]


class Download(BaseModel):
    """Offer a model that suits this computer better than what is here; sizes in MB (10⁶ bytes)."""

    state: Literal["offered", "declined", "fetching", "fetched", "failed"]
    model: str
    size: float
    done: float
    rate: float = Field(description="MB per second.")
    left_s: float | None
    error: str | None = Field(description="Why it is not here: a sentence for a person.")


class DownloadAnswer(BaseModel):
    """Tell whether the model that was offered may be fetched."""

    model_config = ConfigDict(extra="forbid")

    agreed: bool


class Health(BaseModel):
    """Tell the state of the service."""

    model_config = ConfigDict(protected_namespaces=())

    status: ServiceStatus
    whisper_loaded: bool
    device: str | None
    model_info: str | None
    engine: str | None
    gpu: Gpu | None
    memory: Memory
    queue: Queue
    download: Download | None
    uptime_s: float
    version: str
    problem: str | None = Field(
        default=None, description="A sentence for a person, if something is wrong."
    )


class Waking(BaseModel):
    """Tell the state of the model, now that it is wanted."""

    status: ServiceStatus


class Ready(BaseModel):
    """Tell that a model is loaded and warmed."""

    ready: Literal[True] = True
