"""Compare one set of weights in two engines: `python -m benchmarks.conversion FOLDER`.

The folder holds clips and `transcripts.tsv` (see `benchmarks.spoken`). Base, as its package has it
for CTranslate2, is written as openai-whisper's `base.pt` and converted back. Printed: how long the
conversion took and its peak of memory, in a process of its own; the largest difference of a weight;
whether the files are the publisher's, byte for byte; then, all in float32, with 10 s of context and
greedy, on how many clips torch on `base.pt`, CTranslate2 on what was converted and CTranslate2 on
the original write the same tokens, and how far the encoders' outputs are apart. Needs torch, and
Linux for the peak.

With `--random NAME` no clips are heard: random weights of that model's shape are converted, for
time and memory.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import torch

from voice_assistant.models.formats import ctranslate2_file, openai_checkpoint
from voice_assistant.models.formats.weight_names import is_key_bias, openai_names
from voice_assistant.models.known import built_in
from voice_assistant.models.store import install_model
from voice_assistant.speech.config import EngineConfig
from voice_assistant.speech.worker.sound.audio import decode
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.whisper.ctranslate2 import CTranslate2Engine
from voice_assistant.speech.worker.whisper.torch.checkpoint import write_checkpoint
from voice_assistant.speech.worker.whisper.torch.engine import TorchEngine, placement_of
from voice_assistant.speech.worker.whisper.torch.weights import (
    random_weights,
    read_ctranslate2,
    read_openai,
)

_CONTEXT_S = 10
_TOKENS = 80

Written = tuple[list[int], Any]
"""The tokens and the encoder's output, shape `(context, n_state)`."""


def print_conversion(name: str, folder: Path) -> Path:
    """Convert in a process of its own; returns where to."""
    command = [sys.executable, "-m", "benchmarks.convert_alone", name, str(folder)]
    done = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    print(
        f"{name}: {done['checkpoint_mb']:.0f} MB converted in {done['seconds']:.1f} s, "
        f"peak {done['peak_mb']:.0f} MB"
    )
    print(f"byte for byte as published: {'yes' if done['published'] else 'no'}")
    return Path(done["folder"])


def print_difference(checkpoint: Path, folder: Path) -> None:
    """Print how every weight differs, before and after."""
    tensors = openai_checkpoint.read(checkpoint).tensors
    variables = ctranslate2_file.read(folder / "model.bin").variables
    largest, count = 0.0, 0
    for variable, array in variables.items():
        names = openai_names(variable) or []
        for number, name in enumerate(names):
            if not is_key_bias(name):
                after = np.split(array, len(names))[number].astype(np.float32)
                largest = max(largest, float(np.abs(after - tensors[name]).max()))
                count += 1
    print(f"largest difference of {count} of {len(tensors)} weights: {largest}")


def on_torch(checkpoint: Path) -> Callable[[Samples], Written]:
    """Return the torch engine, in float32."""
    engine = TorchEngine(_config("torch"), read_openai(checkpoint))
    prompt = engine._tokenizer.prompt_tokens("zh", "", timestamps=False)

    def write(samples: Samples) -> Written:
        encoded = engine.encode([samples])
        with torch.inference_mode():
            (found,) = engine._search.greedy(encoded, [prompt], [_TOKENS], timed=False)
        return found.tokens, encoded[0].states.numpy()

    return write


def on_ctranslate2(folder: Path) -> Callable[[Samples], Written]:
    """Return the engine for CPUs, in float32."""
    engine = CTranslate2Engine(_config("ctranslate2"), folder)
    prompt = engine._tokenizer.prompt_tokens("zh", "", timestamps=False)

    def write(samples: Samples) -> Written:
        (encoded,) = engine.encode([samples])
        view = ctranslate2.StorageView.from_array(encoded[None])
        (found,) = engine._model.generate(view, [prompt], beam_size=1, max_length=2 * _TOKENS)
        return found.sequences_ids[0], encoded

    return write


def _config(engine: str) -> EngineConfig:
    return EngineConfig(engine, built_in()["base"], Path(), "cpu", "float32", 1.0, 0, 60)


def print_agreement(engines: dict[str, Callable[[Samples], Written]], clips: list[Path]) -> None:
    """Print on how many clips each engine writes what the first one does."""
    same = dict.fromkeys(engines, 0)
    apart = dict.fromkeys(engines, 0.0)
    for clip in clips:
        samples = np.zeros(_CONTEXT_S * SAMPLE_RATE, np.float32)
        heard = decode(clip.read_bytes(), 60)[: len(samples)]
        samples[: len(heard)] = heard
        written = {name: write(samples) for name, write in engines.items()}
        tokens, states = next(iter(written.values()))
        for name, (others, other) in written.items():
            same[name] += others == tokens
            difference = float(np.linalg.norm(other - states) / np.linalg.norm(states))
            apart[name] = max(apart[name], difference)
    first, *rest = engines
    for name in rest:
        print(
            f"{name} against {first}: same tokens on {same[name]} of {len(clips)} clips = "
            f"{same[name] / len(clips):.1%}; encoders at most {apart[name]:.1e} apart"
        )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--every", type=int, default=1, help="use every n-th clip")
    parser.add_argument("--random", choices=list(built_in()), help="random weights of this shape")
    arguments = parser.parse_args()
    if not arguments.random and not arguments.folder:
        parser.error("a folder with clips, or --random")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = built_in()[arguments.random or "base"]
        checkpoint = folder / model.checkpoint.name
        if arguments.random:
            placement = placement_of(torch.device("cpu"), "float16")
            write_checkpoint(random_weights(model.dimensions, 1, placement), checkpoint)
            print_conversion(model.name, folder)
            return
        original = install_model(model, folder)
        write_checkpoint(read_ctranslate2(original / "model.bin"), checkpoint)
        converted = print_conversion(model.name, folder)
        print_difference(checkpoint, converted)
        with (arguments.folder / "transcripts.tsv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))[:: arguments.every]
        print_agreement(
            {
                "torch on base.pt": on_torch(checkpoint),
                "CTranslate2, converted": on_ctranslate2(converted),
                "CTranslate2, original": on_ctranslate2(original),
            },
            [arguments.folder / row["file"] for row in rows],
        )


if __name__ == "__main__":
    main()
