"""Write weights as whisper.cpp reads them: `python -m benchmarks.ggml FILE`.

Writes base in half precision. The format is that of whisper.cpp's `models/convert-pt-to-ggml.py`.
"""

from __future__ import annotations

import argparse
import struct
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from voice_assistant.models.known import built_in
from voice_assistant.models.store import install_model
from voice_assistant.settings import load_settings
from voice_assistant.speech.worker.whisper.features import mel_filters
from voice_assistant.speech.worker.whisper.tokenizer import Tokenizer
from voice_assistant.speech.worker.whisper.torch.weights import read_ctranslate2

_MAGIC = 0x67676D6C
_FLOAT32, _FLOAT16 = 0, 1
_ALWAYS_FLOAT32 = ("encoder.positional_embedding", "decoder.positional_embedding")


def write(folder: Path, target: Path) -> None:
    """Write the model of a CTranslate2 folder for whisper.cpp."""
    weights = read_ctranslate2(folder / "model.bin")
    shape = weights.dimensions
    tokenizer = Tokenizer(folder / "tokenizer.json")
    with target.open("wb") as file:
        hyperparameters = (
            *(shape.n_vocab, shape.n_audio_ctx, shape.n_audio_state, shape.n_audio_head),
            *(shape.n_audio_layer, shape.n_text_ctx, shape.n_text_state, shape.n_text_head),
            *(shape.n_text_layer, shape.n_mels, _FLOAT16),
        )
        file.write(struct.pack("<12i", _MAGIC, *hyperparameters))
        filters = mel_filters(shape.n_mels)
        file.write(struct.pack("<2i", *filters.shape))
        file.write(filters.astype("<f4").tobytes())
        file.write(struct.pack("<i", tokenizer.end_of_text))
        for token in range(tokenizer.end_of_text):
            data = tokenizer.token_bytes(token)
            file.write(struct.pack("<i", len(data)) + data)
        for name, tensor in weights.tensors:
            _write_tensor(file, name, tensor.float().cpu().numpy())


def _write_tensor(file: BinaryIO, name: str, data: npt.NDArray[np.float32]) -> None:
    if name in ("encoder.conv1.bias", "encoder.conv2.bias"):
        data = data.reshape(-1, 1)
    kind = _FLOAT32 if data.ndim < 2 or data.shape[-1] == 1 or name in _ALWAYS_FLOAT32 else _FLOAT16
    encoded = name.encode()
    file.write(struct.pack("<3i", data.ndim, len(encoded), kind))
    file.write(struct.pack(f"<{data.ndim}i", *reversed(data.shape)))
    file.write(encoded)
    file.write(data.astype("<f2" if kind == _FLOAT16 else "<f4").tobytes())


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    arguments = parser.parse_args()
    write(install_model(built_in()["base"], load_settings().model_dir), arguments.file)


if __name__ == "__main__":
    main()
