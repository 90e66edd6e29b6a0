"""Run the engines that `benchmarks.gpu` compares with, on the same weights and as many tokens.

The end of text is suppressed everywhere, so that each writes as many tokens as it is told to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from voice_assistant.models.formats.weight_names import openai_names
from voice_assistant.models.model import Dimensions
from voice_assistant.speech.worker.sound.samples import Samples
from voice_assistant.speech.worker.whisper.tokenizer import Tokenizer
from voice_assistant.speech.worker.whisper.torch.weights import Weights

Run = Callable[[Samples], int]
"""Writes an utterance down and says how many tokens it wrote."""


def rivals(
    make_weights: Callable[[], Weights], vocabulary: Path, folder: Path, device: str, tokens: int
) -> Iterator[tuple[str, Run]]:
    """Return those engines whose packages are installed.

    Args:
        make_weights: gives the weights, each time anew.
        vocabulary: a `tokenizer.json` of base.
        folder: where files may be written.
        device: `cuda` or `cpu`.
        tokens: how many are written.
    """
    placement = "float16" if device == "cuda" else "float32"
    if find_spec("faster_whisper"):
        write_ctranslate2(make_weights(), vocabulary, folder)
        model = _faster_whisper(folder, device, placement)
        yield f"faster-whisper {placement}, beam 5 (default)", _of_faster_whisper(model, 5, tokens)
        yield f"faster-whisper {placement}, beam 1", _of_faster_whisper(model, 1, tokens)
    if find_spec("whisper"):
        whisper = openai_model(make_weights(), device)
        yield f"openai-whisper {placement}, beam 5", _of_openai_whisper(whisper, 5, tokens)
        yield f"openai-whisper {placement}, greedy", _of_openai_whisper(whisper, None, tokens)


def _faster_whisper(folder: Path, device: str, placement: str) -> Any:
    return import_module("faster_whisper").WhisperModel(
        str(folder), device=device, compute_type=placement
    )


def _of_faster_whisper(model: Any, beam_size: int, tokens: int) -> Run:
    def run(samples: Samples) -> int:
        segments, _ = model.transcribe(
            samples,
            language="zh",
            beam_size=beam_size,
            without_timestamps=True,
            temperature=0.0,
            # CTranslate2 writes half of its longest length, which counts a prompt of four.
            max_new_tokens=2 * tokens - 4,
            suppress_tokens=[-1, 50257],
            no_speech_threshold=None,
            log_prob_threshold=None,
            compression_ratio_threshold=None,
        )
        return sum(len(segment.tokens) for segment in segments)

    return run


def openai_model(weights: Weights, device: str) -> Any:
    """Return openai-whisper's own model with these weights, in float32."""
    module = import_module("whisper.model")
    model = module.Whisper(module.ModelDimensions(**asdict(weights.dimensions)))
    state = {name: tensor.float().cpu() for name, tensor in weights.tensors}
    model.load_state_dict(state)
    return model.to(device).eval()


def _of_openai_whisper(model: Any, beam_size: int | None, tokens: int) -> Run:
    whisper = import_module("whisper")
    options = whisper.DecodingOptions(
        language="zh",
        beam_size=beam_size,
        sample_len=tokens,
        suppress_tokens="-1,50257",
        without_timestamps=True,
        fp16=model.device.type == "cuda",
    )

    def run(samples: Samples) -> int:
        padded = whisper.pad_or_trim(samples)
        mel = whisper.log_mel_spectrogram(padded, model.dims.n_mels, device=model.device)
        return len(whisper.decode(model, mel, options).tokens)

    return run


def write_ctranslate2(weights: Weights, vocabulary: Path, folder: Path) -> None:
    """Write a model folder as faster-whisper wants it, in half precision."""
    from ctranslate2.specs import WhisperSpec
    from ctranslate2.specs.model_spec import visit_spec

    dimensions = weights.dimensions
    spec = WhisperSpec(
        dimensions.n_audio_layer,
        dimensions.n_audio_head,
        dimensions.n_text_layer,
        dimensions.n_text_head,
    )
    tensors = {name: tensor.cpu().numpy() for name, tensor in weights.tensors}
    variables: list[str] = []
    visit_spec(spec, lambda layer, name, value: variables.append(name))
    for variable in variables:
        if variable == "decoder/projection/weight":
            names: list[str] | None = ["decoder.token_embedding.weight"]
        else:
            names = openai_names(variable)
        if names:
            _set(spec, variable, np.concatenate([_part(tensors, name) for name in names]))
    tokenizer = Tokenizer(vocabulary, dimensions.n_vocab)
    spec.config.suppress_ids = list(tokenizer.suppressed_tokens)
    spec.config.suppress_ids_begin = [*tokenizer.encode(" "), tokenizer.end_of_text]
    spec.config.lang_ids = list(tokenizer.language_tokens.values())
    spec.config.alignment_heads = [[0, 0]]
    data = _vocabulary(vocabulary, tokenizer, dimensions)
    spec.register_vocabulary(_all_tokens(data, dimensions))
    spec.validate()
    spec.optimize(quantization="float16")
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    (folder / "tokenizer.json").write_text(json.dumps(data), encoding="utf-8")
    features = json.dumps({"feature_size": dimensions.n_mels})
    (folder / "preprocessor_config.json").write_text(features, encoding="utf-8")


def _part(tensors: dict[str, Any], name: str) -> Any:
    if name in tensors:
        return tensors[name]
    return np.zeros_like(tensors[name.replace(".key.", ".value.")])


def _set(spec: Any, variable: str, value: Any) -> None:
    *scope, last = variable.split("/")
    for name in scope:
        if hasattr(spec, name):
            spec = getattr(spec, name)
        else:
            field, number = name.rsplit("_", 1)
            spec = getattr(spec, field)[int(number)]
    setattr(spec, last, np.ascontiguousarray(value))


def _vocabulary(path: Path, tokenizer: Tokenizer, dimensions: Dimensions) -> Any:
    """Write base's `tokenizer.json`, with Cantonese where the model knows it."""
    data = json.loads(path.read_text(encoding="utf-8"))
    if dimensions.n_vocab == 51_866:
        added = data["added_tokens"]
        added.append({**added[-1], "content": "<|yue|>"})
        for token in added:
            token["id"] = tokenizer.special(token["content"].strip("<|>"))
        added.sort(key=lambda token: token["id"])
    return data


def _all_tokens(data: Any, dimensions: Dimensions) -> list[str]:
    numbers = {**data["model"]["vocab"]}
    numbers |= {token["content"]: token["id"] for token in data["added_tokens"]}
    tokens = [f"<|{number}|>" for number in range(dimensions.n_vocab)]
    for token, number in numbers.items():
        tokens[number] = token
    return tokens
