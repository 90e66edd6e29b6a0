"""Set up the device that torch runs on: its share of memory, and the error when that is used up."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import torch

from voice_assistant.errors import ModelError
from voice_assistant.speech.config import EngineConfig

# As CUDA, cuBLAS and the CPU's allocator say it.
_OUT_OF_MEMORY = ("out of memory", "alloc_failed", "not enough memory", "can't allocate memory")

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")


def on_device(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """Run without gradients, and raise `MemoryError` when memory is used up."""

    @functools.wraps(function)
    def run(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> _Result:
        try:
            with torch.inference_mode():
                return function(*args, **kwargs)
        except RuntimeError as error:
            if not _is_out_of_memory(error):
                raise
            problem = str(error)
        # Only here is what the error's frames held free again.
        torch.cuda.empty_cache()
        raise MemoryError(f"the memory that may be used is used up: {problem}")

    return run


def set_up(config: EngineConfig) -> torch.device:
    """Return the device, with its cap set before anything is on it.

    Raises:
        ModelError: `GPU_UNUSABLE`, torch cannot use it.
    """
    device = torch.device(config.device)
    if config.threads:
        torch.set_num_threads(config.threads)
    if device.type == "cuda":
        if not torch.cuda.is_available():
            detail = f"torch {torch.__version__} finds no graphics card that it can use"
            raise ModelError("GPU_UNUSABLE", detail=detail)
        # Its default on a Hopper card is 32 MiB for each stream, out of the share.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:2:16:8")
        torch.cuda.set_per_process_memory_fraction(float(config.memory_fraction))
        # Neither is faster here, and cuDNN takes memory that no cap of torch's counts.
        torch.backends.cuda.enable_cudnn_sdp(False)
        # Sums in half precision may differ from float32's in more than rounding.
        torch.backends.cuda.matmul.allow_fp16_reduced_precision_reduction = False
    return device


def _is_out_of_memory(error: BaseException | None) -> bool:
    """Return whether an error, or one that it covers up, is about memory."""
    while error is not None:
        said = str(error).lower()
        if isinstance(error, torch.OutOfMemoryError) or (
            isinstance(error, RuntimeError) and (any(words in said for words in _OUT_OF_MEMORY))
        ):
            return True
        error = error.__cause__ or error.__context__
    return False
