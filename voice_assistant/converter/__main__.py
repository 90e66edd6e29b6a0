"""Make one set of weights serve every engine: `python -m voice_assistant.converter NAME`.

Makes the CTranslate2 form of a model, for the CPU, from OpenAI's checkpoint in the models' folder,
unless a good one is there. With `--checkpoint FILE` the other way: writes a checkpoint as
openai-whisper reads it from the CTranslate2 form (needs torch, which itself reads both forms).

Works at the lowest priority, so that recognitions go on as fast as before. Writes one line of JSON:
what was made, or `code`, `params` and `error` as a route would; then the exit code is 1.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from voice_assistant.converter.agreement import can_compare, compare_recognition
from voice_assistant.errors import ModelError, VoiceError
from voice_assistant.messages import choose_locale, say
from voice_assistant.models.conversion import convert
from voice_assistant.models.events import CheckpointWritten, ConversionFailed, Converted
from voice_assistant.models.known import find_model, find_models
from voice_assistant.models.model import Model
from voice_assistant.models.store import verified_model
from voice_assistant.processes.json_lines import write_event
from voice_assistant.processes.priority import lower_priority
from voice_assistant.settings import load_settings


def main(argv: Sequence[str]) -> int:
    """Run one command line and return the exit code.

    Args:
        argv: what `sys.argv` holds besides the program's name.
    """
    parser = argparse.ArgumentParser(
        prog="python -m voice_assistant.converter", description=__doc__
    )
    parser.add_argument("name", help="of the model, for example large-v3-turbo")
    parser.add_argument("--dir", type=Path, help="where models are kept (VOICE_MODEL_DIR)")
    parser.add_argument("--checkpoint", type=Path, help="write this file instead")
    arguments = parser.parse_args(argv)
    began = time.perf_counter()
    locale = "auto"
    try:
        settings = load_settings()
        locale = settings.locale
        folder = arguments.dir or settings.model_dir
        model = find_model(arguments.name, find_models(settings.models_file))
        if arguments.checkpoint:
            write_event(_write_checkpoint(model, folder, arguments.checkpoint, began))
        else:
            write_event(_convert(model, folder, began))
    except VoiceError as error:
        sentence = say(error.code, choose_locale(locale), **error.params)
        write_event(ConversionFailed(arguments.name, error.code, {**error.params}, sentence))
        return 1
    return 0


def _convert(model: Model, model_dir: Path, began: float) -> Converted:
    compared: list[str] = ["weights"]

    def check(checkpoint: Path, folder: Path) -> None:
        if can_compare(model):
            compare_recognition(model, checkpoint, folder)
            compared.append("recognition")

    done = convert(model, model_dir, check)
    return Converted(
        model.name,
        str(done.folder),
        done.made,
        done.published,
        tuple(compared) if done.made else (),
        _seconds_since(began),
    )


def _write_checkpoint(model: Model, model_dir: Path, path: Path, began: float) -> CheckpointWritten:
    try:
        from voice_assistant.speech.worker.whisper.torch.checkpoint import write_checkpoint
        from voice_assistant.speech.worker.whisper.torch.weights import read_ctranslate2

        folder = verified_model(model, model_dir)
        write_checkpoint(read_ctranslate2(folder / "model.bin"), path)
    except (ImportError, OSError, ValueError) as error:
        raise ModelError("MODEL_LOAD_FAILED", model=model.name, detail=str(error)) from error
    return CheckpointWritten(model.name, str(path), True, _seconds_since(began))


def _seconds_since(began: float) -> float:
    return round(time.perf_counter() - began, 2)


def _leave(number: int, frame: FrameType | None) -> None:
    """End as after Ctrl-C, so that nothing unfinished stays on the disk."""
    sys.exit(128 + number)


if __name__ == "__main__":
    lower_priority(idle=True)
    signal.signal(signal.SIGTERM, _leave)
    sys.exit(main(sys.argv[1:]))
