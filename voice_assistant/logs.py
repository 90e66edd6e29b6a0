"""Log to a rotating file and to the console."""

from __future__ import annotations

import logging
import logging.handlers
import sys

from voice_assistant.settings import Settings

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# Some 20,000 lines, and each utterance is one.
_FILE_BYTES = 2_000_000
_FILES_KEPT = 3


class _LogFile(logging.handlers.RotatingFileHandler):
    """Rotate a file without formatting each line twice and asking the disk for its size."""

    def shouldRollover(self, record: logging.LogRecord) -> bool:  # noqa: N802
        return self.stream is not None and self.stream.tell() >= self.maxBytes


def set_up_logging(settings: Settings) -> None:
    """Log to `VOICE_LOG_FILE` and to standard error, in place of all handlers so far.

    A file that cannot be written costs the file, not the service: the console says so.
    """
    console = logging.StreamHandler(sys.stderr)
    handlers: list[logging.Handler] = [console]
    problem: OSError | None = None
    try:
        settings.log_file.parent.mkdir(parents=True, exist_ok=True)
        handlers.append(
            _LogFile(
                settings.log_file, maxBytes=_FILE_BYTES, backupCount=_FILES_KEPT, encoding="utf-8"
            )
        )
    except OSError as error:
        problem = error
    logging.basicConfig(format=_FORMAT, level=settings.log_level, handlers=handlers, force=True)
    # It logs every request's address at INFO.
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    if problem:
        logging.getLogger(__name__).warning("no log file: %s", problem)
