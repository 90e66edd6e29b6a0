"""Compare our pinyin with `pypinyin.lazy_pinyin`: `python -m benchmarks.syllables FILE.tsv`.

The file is one that `benchmarks.intent` takes; its sentences are normalised first, and each counts
once. Printed: of the sentences in Chinese only, for how many both give the same syllables; the time
for a sentence, of all sentences in the order of the file, first with our caches empty, then with
the readings of words and characters kept, as they are after some hundred sentences; medians of
`--runs`, all in turn. `--mistakes` lists the sentences that differ.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from pypinyin import lazy_pinyin

from benchmarks.intent import read_requests
from voice_assistant.commands import sound
from voice_assistant.commands.normalise import normalise

_CACHES = [each for each in vars(sound).values() if hasattr(each, "cache_clear")]


def time_us(read: Callable[[str], object], sentences: list[str]) -> float:
    """Return the mean time of one sentence in µs."""
    began = time.perf_counter()
    for sentence in sentences:
        read(sentence)
    return 1e6 * (time.perf_counter() - began) / len(sentences)


def _with_empty_caches(sentences: list[str]) -> float:
    for cache in _CACHES:
        cache.cache_clear()
    return time_us(sound.syllables, sentences)


def _with_kept_readings(sentences: list[str]) -> float:
    sound.syllables.cache_clear()
    return time_us(sound.syllables, sentences)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--mistakes", action="store_true")
    arguments = parser.parse_args()
    requests = read_requests(arguments.file)
    sentences = list(dict.fromkeys(normalise(request.text) for request in requests))
    chinese = [each for each in sentences if all("\u4e00" <= mark <= "\u9fff" for mark in each)]
    differ = [each for each in chinese if list(sound.syllables(each)) != lazy_pinyin(each)]
    print(f"same syllables: {len(chinese) - len(differ)} of {len(chinese)}")
    if arguments.mistakes:
        for sentence in differ:
            print(f"  {sentence} {sound.syllables(sentence)} {lazy_pinyin(sentence)}")
    lazy_pinyin("热身")
    rows = [
        (
            time_us(lazy_pinyin, sentences),
            _with_empty_caches(sentences),
            _with_kept_readings(sentences),
        )
        for _ in range(arguments.runs)
    ]
    theirs, cold, warm = (statistics.median(column) for column in zip(*rows, strict=True))
    print(f"a sentence: lazy_pinyin {theirs:.1f} µs; ours {cold:.1f} µs with empty caches", end=" ")
    print(f"({theirs / cold:.1f} times quicker), {warm:.1f} µs later ({theirs / warm:.1f} times)")


if __name__ == "__main__":
    main()
