from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.self_check.conftest import Computers
from voice_assistant.console import Console
from voice_assistant.machine.installed_torch import Installed
from voice_assistant.self_check.facts import Chosen
from voice_assistant.self_check.problems import find_problem
from voice_assistant.self_check.report import as_dict, show_report


def test_a_card_that_works(computers: Computers, capsys: pytest.CaptureFixture[str]) -> None:
    show_report(Console("en"), computers.good, None)
    output = capsys.readouterr().out
    for said in (
        "NVIDIA driver: 580.95.05, runs CUDA up to 13.0\n",
        "GPU: RTX 4080, 16.0 GB of memory, 5.0 GB used, 11.0 GB free",
        "compute capability: 8.9\n",
        "used by: ollama 5000 MB\n",
        "Cap: 50 % of the card, 8000 MB; 8000 MB of it can be had now\n",
        "torch: 2.13.0+cu130, built for CUDA 13.0\n",
        "Recognition on the GPU: base (float16, torch), ready after 4.2 s, a clip in 61 ms: 打开",
        "The service would use: base (float16, torch) on the GPU\n",
        "The card works.\n",
    ):
        assert said in output


def test_no_card(computers: Computers, capsys: pytest.CaptureFixture[str]) -> None:
    show_report(Console("zh"), computers.bare, None)
    output = capsys.readouterr().out
    assert "NVIDIA 显卡：没有\n" in output
    assert "在 CPU 上识别：base（int8，ctranslate2）" in output
    assert "进程内存：442 MB\n" in output
    assert output.endswith("没有 NVIDIA 显卡：语音识别在 CPU 上运行，不缺任何东西。\n")


def test_the_repair_is_a_line_of_its_own(
    computers: Computers, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = computers.broken("out of order", installed=Installed("2.13.0+cpu", ""))
    show_report(Console("en"), facts, find_problem(facts, "en"))
    output = capsys.readouterr().out
    assert "Recognition on the GPU with base failed: out of order\n" in output
    assert "(2.13.0+cpu) is for CPUs only and cannot use the card" in output
    assert "\n    python start.py setup\n" in output
    assert "would try base (float16, torch) on the GPU, and go on with the CPU" in output


def test_why_there_is_nothing_better(
    computers: Computers, capsys: pytest.CaptureFixture[str]
) -> None:
    params: dict[str, str | float] = {"model": "medium", "detail": "1514 MB > 1000 MB"}
    refused = ("OUT_OF_MEMORY", params)
    facts = replace(computers.good, chosen=Chosen("base", "torch", "cuda", "int8", refused))
    show_report(Console("en"), facts, None)
    assert "The model medium needs more memory" in capsys.readouterr().out


def test_json(computers: Computers) -> None:
    home = str(Path.home() / "models" / "base")
    facts = computers.broken(f"cannot read {home}")
    found = json.loads(json.dumps(as_dict(facts, find_problem(facts, "en"), "en")))
    assert found["exit_code"] == 1
    assert found["cards"][0]["users"] == [{"name": "ollama", "mb": 5000.0}]
    assert found["cap"] == {"fraction": 0.5, "mb": 8000}
    assert found["problem"]["code"] == "gpu.trial_failed"
    assert "python start.py setup" in found["problem"]["commands"]
    assert [trial["device"] for trial in found["trials"]] == ["cuda", "cpu"]
    assert str(Path.home()) not in json.dumps(found)
    assert "~" in found["trials"][0]["problem"]


def test_json_without_a_card(computers: Computers) -> None:
    found = json.loads(json.dumps(as_dict(computers.bare, None, "zh")))
    assert (found["exit_code"], found["driver"], found["cards"]) == (3, None, [])
    assert (found["torch"], found["problem"], found["cap"]["mb"]) == (None, None, None)
