"""Define what can go wrong, as one tree.

    VoiceError                  a code, an HTTP status and parameters for the sentence
    ├── RequestError            the request is refused before anything is done
    ├── AudioError              the audio cannot be used
    ├── NotReadyError           no model yet, or the speech process is gone
    ├── ModelError              the model is missing, damaged or cannot be loaded
    ├── ConfigError             a setting or a file of the user's is wrong
    └── LaunchError             a program cannot go on; it is told in a terminal, never over HTTP

Every code has a sentence in each file of `voice_assistant/locales/`, which says what happened and
what to do next. Standard library only: the launcher fails before the environment exists.
"""

from __future__ import annotations

STATUS = {
    "EMPTY_AUDIO": 400,
    "UNSUPPORTED_FORMAT": 400,
    "BROKEN_AUDIO": 400,
    "UNAUTHORIZED": 401,
    "FOREIGN_HOST": 403,
    "FOREIGN_ORIGIN": 403,
    "NOT_FOUND": 404,
    "CONFIRMATION_UNKNOWN": 404,
    "METHOD_NOT_ALLOWED": 405,
    "REQUEST_TIMEOUT": 408,
    "UPLOAD_TOO_LARGE": 413,
    "AUDIO_TOO_LONG": 413,
    "INVALID_FIELDS": 422,
    "BUSY": 429,
    "CLIENT_GONE": 499,
    "INTERNAL": 500,
    "CONFIG_INVALID": 500,
    "LOADING": 503,
    "SPEECH_PROCESS_DIED": 503,
    "SPEECH_TIMEOUT": 503,
    "MODEL_MISSING": 503,
    "MODEL_ABSENT": 503,
    "MODEL_DAMAGED": 503,
    "PACKAGE_DAMAGED": 503,
    "MODEL_LOAD_FAILED": 503,
    "OUT_OF_MEMORY": 503,
    "GPU_MISSING": 503,
    "GPU_UNUSABLE": 503,
    "DISK_FULL": 503,
    "DOWNLOAD_UNREACHABLE": 503,
    "DOWNLOAD_REFUSED": 503,
    "DOWNLOAD_STALLED": 503,
    "DOWNLOAD_DIFFERS": 503,
    "DOWNLOAD_DAMAGED": 503,
    "DOWNLOAD_FAILED": 503,
    "DOWNLOAD_NO_PACKAGE": 503,
    "DOWNLOAD_NO_SOURCE": 503,
    "DOWNLOAD_NOT_CHOSEN": 503,
}
"""HTTP status of each error code."""


class VoiceError(Exception):
    """Carry the code of a sentence for a person, and what the sentence names.

    Args:
        code: a key of the sentence, and of `STATUS` for whatever HTTP can meet.
        params: what the sentence of that code names; plain values, since errors cross processes.
    """

    def __init__(self, code: str, **params: str | float) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    @property
    def status(self) -> int:
        """Return the HTTP status that fits.

        Raises:
            KeyError: HTTP never meets this error; see `LaunchError`.
        """
        return STATUS[self.code]

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.code, self.params))


def _rebuild(kind: type[VoiceError], code: str, params: dict[str, str | float]) -> VoiceError:
    return kind(code, **params)


class RequestError(VoiceError):
    """Say that a request is refused before anything is done."""


class AudioError(VoiceError):
    """Say that the audio cannot be used."""


class NotReadyError(VoiceError):
    """Say that there is no model yet, or that the speech process is gone."""


class ModelError(VoiceError):
    """Say that a model is missing, damaged or cannot be loaded."""


class ConfigError(VoiceError):
    """Say that a setting or a file of the user's is wrong."""


class LaunchError(VoiceError):
    """Say why a program cannot go on: `start.py` or one of its siblings.

    Args:
        key: of the sentence.
        params: what the sentence names; what is no plain value is kept as text.
    """

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key, **{name: _plain(value) for name, value in params.items()})


def _plain(value: object) -> str | float:
    return value if isinstance(value, (str, int, float)) else str(value)
