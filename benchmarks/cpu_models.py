"""Measure what larger models cost on a CPU: `python -m benchmarks.cpu_models`.

Time does not depend on the values of weights, so each model's exact shape is filled with random
ones, in CTranslate2's form, and run as int8 by the engine for CPUs. In turns, round by round:
encoding 6, 10 and 30 s, and writing as many tokens as a short command has (`--tokens`), which are
forced on every model. Printed: medians, and ratios to base (median of the ratios round by round).
Then the same for a short command as a whole: one look is 6 s of context and the tokens, a second
one 10 s and the tokens behind a prompt of 120. At last resident memory, each model in turn.

Takes about 5 GB of disk and 4 GB of memory for a while.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import ctranslate2
import numpy as np
import psutil

from voice_assistant.models.formats import ctranslate2_form
from voice_assistant.models.formats.mapped_arrays import Array
from voice_assistant.models.formats.weight_names import (
    ctranslate2_shapes,
    is_key_bias,
    openai_names,
)
from voice_assistant.models.known import built_in
from voice_assistant.models.model import Dimensions
from voice_assistant.speech.config import EngineConfig
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE, Samples
from voice_assistant.speech.worker.whisper.ctranslate2 import CTranslate2Engine, Encoded

_CONTEXTS_S = (6, 10, 30)
_PROMPT = 120
_WRITE, _WRITE_PROMPTED = "the tokens", f"the tokens, behind {_PROMPT}"
_ONE_LOOK, _TWO_LOOKS = "a command, one look", "a command, two looks"


class RandomTensors(Mapping[str, Array]):
    """Make weights of no meaning, each when it is asked for."""

    def __init__(self, dimensions: Dimensions) -> None:
        self._shapes = {
            name: (rows // len(names), *rest)
            for variable, (rows, *rest) in ctranslate2_shapes(dimensions).items()
            for names in (openai_names(variable) or [],)
            for name in names
            if not is_key_bias(name)
        }
        numbers = 0.02 * np.random.default_rng(1).standard_normal((1 << 20) + 1)
        self._numbers = numbers.astype("<f2")

    def __getitem__(self, name: str) -> Array:
        return np.resize(self._numbers, self._shapes[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._shapes)

    def __len__(self) -> int:
        return len(self._shapes)


class Subject:
    """Hold one model that is measured.

    Args:
        name: which one.
        folder: with its weights.
        threads: of one recognition; 0 chooses as the service does.
        tokens: how many are forced on it.
    """

    def __init__(self, name: str, folder: Path, threads: int, tokens: int) -> None:
        config = EngineConfig(
            "ctranslate2", built_in()[name], Path(), "cpu", "int8", 1.0, threads, 60
        )
        self._engine = CTranslate2Engine(config, folder)
        self._tokens = tokens
        self._samples = {seconds: _noise(seconds) for seconds in _CONTEXTS_S}

    def measure(self) -> dict[str, float]:
        """Return the seconds of each step."""
        taken, encoded = {}, {}
        for seconds, samples in self._samples.items():
            began = time.perf_counter()
            (encoded[seconds],) = self._engine.encode([samples])
            taken[f"encode {seconds} s"] = time.perf_counter() - began
        short, middle, _ = _CONTEXTS_S
        taken[_WRITE] = self._write(encoded[short], "")
        taken[_WRITE_PROMPTED] = self._write(encoded[middle], "的" * 2 * _PROMPT)
        taken[_ONE_LOOK] = taken[f"encode {short} s"] + taken[_WRITE]
        second = taken[f"encode {middle} s"] + taken[_WRITE_PROMPTED]
        taken[_TWO_LOOKS] = taken[_ONE_LOOK] + second
        return taken

    def _write(self, encoded: Encoded, text: str) -> float:
        tokenizer = self._engine._tokenizer
        before = tokenizer.encode(text)[:_PROMPT]
        prompt = tokenizer.prompt_tokens("zh", "", timestamps=False)
        if before:
            prompt = [tokenizer.special("startofprev"), *before, *prompt]
        began = time.perf_counter()
        (found,) = self._engine._model.generate(
            ctranslate2.StorageView.from_array(encoded[None]),
            [prompt],
            beam_size=1,
            max_length=max(2 * self._tokens, len(prompt) + self._tokens - 1),
            suppress_tokens=[-1, tokenizer.end_of_text],
        )
        taken = time.perf_counter() - began
        if len(found.sequences_ids[0]) != self._tokens:
            raise RuntimeError(f"{len(found.sequences_ids[0])} tokens, not {self._tokens}")
        return taken


def _noise(seconds: int) -> Samples:
    generator = np.random.default_rng(1)
    return 0.1 * generator.standard_normal(seconds * SAMPLE_RATE, np.float32)


def _resident_mb() -> float:
    return float(psutil.Process().memory_info().rss) / 1e6


def report(rounds: Mapping[str, list[dict[str, float]]]) -> None:
    """Print a table of medians, and of their ratios to base."""
    steps = list(next(iter(rounds.values()))[0])
    print(f"{'seconds (times base)':28}" + "".join(f"{name:>22}" for name in rounds))
    for step in steps:
        line = f"{step:28}"
        for taken in rounds.values():
            median = statistics.median(each[step] for each in taken)
            pairs = zip(taken, rounds["base"], strict=True)
            ratio = statistics.median(each[step] / base[step] for each, base in pairs)
            line += f"{f'{median:.3f} ({ratio:.1f})':>22}"
        print(line)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", default=["small", "medium", "large-v3-turbo"])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--tokens", type=int, default=10)
    parser.add_argument("--threads", type=int, default=0, help="of one recognition; 0 chooses")
    arguments = parser.parse_args()
    names = ["base", *arguments.models]
    subjects = {}
    for name in names:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            model = built_in()[name]
            ctranslate2_form.write(folder, model, RandomTensors(model.dimensions))
            before, began = _resident_mb(), time.perf_counter()
            subjects[name] = Subject(name, folder, arguments.threads, arguments.tokens)
            loaded_s = time.perf_counter() - began
            subjects[name].measure()
            grown = _resident_mb() - before
        print(f"{name}: loaded in {loaded_s:.1f} s, {grown:.0f} MB more after a first turn")
    cores, logical = psutil.cpu_count(logical=False), psutil.cpu_count()
    threads = arguments.threads or "chosen"
    print(
        f"{cores} cores ({logical} logical), threads {threads}, {arguments.tokens} tokens, "
        f"{arguments.rounds} rounds, ctranslate2 {ctranslate2.__version__}"
    )
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in names}
    for turn in range(arguments.rounds):
        for place in range(len(names)):
            # Whoever goes first finds the caches cold.
            name = names[(place + turn) % len(names)]
            rounds[name].append(subjects[name].measure())
    report(rounds)


if __name__ == "__main__":
    main()
