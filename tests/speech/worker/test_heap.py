from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

ARENAS = """
import ctypes, sys, threading
from voice_assistant.speech.worker.heap import use_one_arena

library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
library.free.argtypes = [ctypes.c_void_p]
library.fopen.restype = ctypes.c_void_p
library.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
library.fclose.argtypes = [ctypes.c_void_p]

if "shared" in sys.argv:
    assert use_one_arena()
barrier = threading.Barrier(4)

def work():
    block = library.malloc(100_000)
    barrier.wait()
    library.free(block)

threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
file = library.fopen(b"/dev/stdout", b"w")
library.malloc_info(0, file)
library.fclose(file)
"""


def arenas(*arguments: str) -> int:
    command = [sys.executable, "-c", ARENAS, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.count("<heap nr=")


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_info"), reason="asks glibc"
)
def test_threads_share_one_arena() -> None:
    assert arenas() > 1
    assert arenas("shared") == 1
