"""Measure the torch engine on a card, beside others: `python -m benchmarks.gpu [--clips FOLDER]`.

Without real weights of large-v3-turbo its exact shape is run with random ones (`--model base` runs
the real base model). Printed: bytes at load, at the peak of a 30 s clip and after the speech
process ended; times of a 3 s clip, in turns, with equally many tokens forced on every engine; the
same over the least that the card could do it in; what happens when memory is short. With `--clips`
(a folder with `transcripts.tsv`, as `benchmarks.spoken` takes): how often base writes the same
tokens as in float32. `--device cpu` runs the same code without a card.
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from benchmarks.gpu_memory import print_memory, print_shortage
from benchmarks.gpu_ours import SHAPES, TOKENS, engine, force_tokens, noise, ours, weights
from benchmarks.gpu_rivals import Run, rivals
from voice_assistant.models.known import built_in
from voice_assistant.models.model import Dimensions
from voice_assistant.models.store import install_model
from voice_assistant.speech.worker.sound.audio import decode
from voice_assistant.speech.worker.sound.samples import SAMPLE_RATE

_CLIP_S = 3.0


def measured_ceilings(device: str) -> tuple[float, float]:
    """Return what the device really does: bytes a second copied, operations a second of a product.

    A copy counts what it reads and what it writes.
    """
    cuda = device == "cuda"
    source = torch.randn(1 << (28 if cuda else 22), device=device)
    target = torch.empty_like(source)
    size = 8192 if cuda else 1024
    placement = torch.float16 if cuda else torch.float32
    one = torch.randn(size, size, device=device).to(placement)
    other = torch.randn(size, size, device=device).to(placement)
    copying = timed(lambda: target.copy_(source), device, 20)
    multiplying = timed(lambda: one @ other, device, 20)
    return 2 * source.nbytes / copying, 2 * size**3 / multiplying


def timed(function: Callable[[], object], device: str, runs: int) -> float:
    """Return the median time of a call in seconds, after three that do not count."""
    times = []
    for run in range(runs + 3):
        began = time.perf_counter()
        function()
        if device == "cuda":
            torch.cuda.synchronize()
        if run >= 3:
            times.append(time.perf_counter() - began)
    return float(np.median(times))


def floor_s(
    shape: Dimensions, context_s: float, ceilings: tuple[float, float], bytes_each: int
) -> float:
    """Return an utterance's least time, by the encoder's operations and the decoder's bytes."""
    bandwidth, rate = ceilings
    n, d = 50 * context_s, shape.n_audio_state
    layers = shape.n_audio_layer * (24 * n * d * d + 4 * n * n * d)
    stem = 2 * 2 * n * 3 * shape.n_mels * d + 2 * n * 3 * d * d
    text = shape.n_text_state
    heard = shape.n_text_layer * 4 * n * d * text
    read = (shape.n_text_layer * 14 * text * text + shape.n_vocab * text) * bytes_each
    return (layers + stem + heard) / rate + TOKENS * read / bandwidth


def print_speed(model: str, folder: Path, device: str, runs: int) -> None:
    """Print the times of a 3 s clip, in turns."""
    force_tokens()
    shape = weights(model, folder, device).dimensions
    ceilings = measured_ceilings(device)
    print(
        f"ceilings: copy {ceilings[0] / 1e9:.0f} GB/s, matrix product {ceilings[1] / 1e12:.2f} T/s"
    )
    placement = "float16" if device == "cuda" else "float32"
    variants: dict[str, Run] = {}
    floors = {}
    for compute_type, each in ((placement, 2 if device == "cuda" else 4), ("int8", 1)):
        made = engine(model, folder, device, compute_type)
        for context_s in (10.0, 30.0):
            name = f"ours {compute_type}, {context_s:.0f} s of context"
            variants[name] = ours(made, context_s)
            floors[name] = floor_s(shape, context_s, ceilings, each)
    vocabulary = install_model(built_in()["base"], folder) / "tokenizer.json"
    with tempfile.TemporaryDirectory() as place:
        variants |= rivals(
            lambda: weights(model, folder, device), vocabulary, Path(place), device, TOKENS
        )
        samples = noise(_CLIP_S, _CLIP_S)
        counts = {name: {run(samples) for _ in range(3)} for name, run in variants.items()}
        times: dict[str, list[float]] = {name: [] for name in variants}
        for _ in range(runs):
            for name, run in variants.items():
                began = time.perf_counter()
                run(samples)  # its tokens are on the host when it returns: nothing is under way
                times[name].append(time.perf_counter() - began)
    first = statistics.median(next(iter(times.values())))
    for name, taken in times.items():
        median = statistics.median(taken)
        floor = f", {median / floors[name]:.1f} x its floor" if name in floors else ""
        tokens = "/".join(map(str, sorted(counts[name])))
        print(f"{name}: {1e3 * median:.2f} ms, {median / first:.2f} x, {tokens} tokens{floor}")


def print_numerics(clips: Path, folder: Path, device: str, most: int) -> None:
    """Print how often base writes the same tokens as in float32, with 10 s of context."""
    with (clips / "transcripts.tsv").open(encoding="utf-8", newline="") as file:
        names = [row["file"] for row in csv.DictReader(file, delimiter="\t")][:most]
    written: dict[str, list[list[int]]] = {}
    for placement in ("float32", "float16", "int8"):
        made = engine("base", folder, device, placement)
        prompt = made._tokenizer.prompt_tokens("zh", "", False)
        written[placement] = []
        for name in names:
            samples = decode((clips / name).read_bytes(), 60)[: 10 * SAMPLE_RATE]
            padded = np.zeros(10 * SAMPLE_RATE, np.float32)
            padded[: len(samples)] = samples
            encoded = made.encode([padded])
            with torch.inference_mode():
                (found,) = made._search.greedy(encoded, [prompt], [80], timed=False)
            written[placement].append(found.tokens)
    for placement in ("float16", "int8"):
        pairs = list(zip(written["float32"], written[placement], strict=True))
        same = sum(one == other for one, other in pairs)
        print(f"base {placement}: the tokens of float32 on {same} of {len(pairs)} clips")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--model", choices=("base", *SHAPES))
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--clips", type=Path, help="also compare with float32 on these")
    parser.add_argument("--most-clips", type=int, default=200)
    arguments = parser.parse_args()
    device: str = arguments.device
    if device == "cuda" and not torch.cuda.is_available():
        parser.exit(2, "torch finds no graphics card; --device cpu runs the same code without\n")
    model = arguments.model or ("turbo" if device == "cuda" else "base")
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:2:16:8")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        install_model(built_in()["base"], folder)
        card = torch.cuda.get_device_name() if device == "cuda" else "CPU"
        placement = "real weights" if model == "base" else "random weights"
        print(f"{card}, torch {torch.__version__}, {model}, {placement}, {TOKENS} tokens forced")
        print_memory(model, folder, device)
        if device == "cuda":
            print_shortage(model, folder)
        if arguments.clips:
            print_numerics(arguments.clips, folder, device, arguments.most_clips)
        print_speed(model, folder, device, arguments.runs)


if __name__ == "__main__":
    main()
