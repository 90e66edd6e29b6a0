from __future__ import annotations

import pytest

from voice_assistant.choice.advice import CARDS_GB, advise
from voice_assistant.messages import Locale
from voice_assistant.models.known import built_in
from voice_assistant.self_check.table import table
from voice_assistant.settings import Settings


@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_line_for_each_size(language: Locale) -> None:
    settings = Settings(gpu_memory_fraction=0.5)
    header, rule, *rows = table(settings, built_in(), language).splitlines()
    assert header.count("|") == rule.count("|") == 6
    assert len(rows) == len(CARDS_GB)
    for gigabytes, row in zip(CARDS_GB, rows, strict=True):
        advice = advise(gigabytes, settings.model_priority, built_in(), 0.5)
        assert row.startswith(f"| {gigabytes} GB | {advice.model} {advice.compute_type} | ")
        assert f"| {advice.taken_mb:,} MB | {advice.left_mb:,} MB |" in row


def test_a_list_of_which_nothing_fits() -> None:
    settings = Settings(model_priority=["large-v3"], gpu_memory_fraction=0.5)
    first = table(settings, built_in(), "en").splitlines()[2]
    assert first == "| 2 GB | – | 0 MB | 2,000 MB | up to 0.5B |"
