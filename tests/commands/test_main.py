from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from voice_assistant import ROOT
from voice_assistant.commands.__main__ import main
from voice_assistant.commands.names.entry import this_platform


@pytest.fixture(autouse=True)
def user_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "commands.toml"
    monkeypatch.setenv("VOICE_COMMANDS_FILE", str(file))
    monkeypatch.setenv("VOICE_LOCALE", "zh")
    return file


def shown(capsys: pytest.CaptureFixture[str], *sentences: str) -> str:
    assert main(sentences) == 0
    return capsys.readouterr().out


def test_each_step_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, "嗯，帮我去 B 站看看吧。").splitlines() == [
        "嗯，帮我去 B 站看看吧。",
        "  统一写法：嗯帮我去b站看看吧",
        "  去掉开头的客气话：帮我去b站看看吧",
        "  去掉开头的客气话：去b站看看吧",
        '  查找的名称：["b站看看吧", "b站看看", "b站"]',
        "  kind: command",
        "  reason: exact",
        "  confidence: 1.0",
        "  command_type: site",
        "  target: 哔哩哔哩",
        '  names: ["哔哩哔哩", "B站", "bilibili", "逼站", "小破站", "哔哩", "哔哩哔哩弹幕网"]',
        "  url: https://www.bilibili.com",
        "  app_first: true",
    ]


def test_english_on_request(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICE_LOCALE", "en")
    out = shown(capsys, "Please open calculator")
    assert "  normalised: please open calculator\n" in out
    assert "  without the polite beginning: open calculator\n" in out
    assert "  target: 计算器\n" in out


def test_only_set_fields_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    chat = shown(capsys, "今天天气怎么样？")
    assert chat.endswith("\n  kind: chat\n  reason: no_wording\n")
    shut_down = shown(capsys, "关机")
    assert "  needs_confirmation: true\n" in shut_down
    assert "url" not in shut_down
    assert "  value: 50\n" in shown(capsys, "音量调到五十")


TWO = """
[[app]]
name = "小黄鸭"
aliases = ["鸭子"]
command = ["duck"]

[[app]]
name = "小白鹅"
aliases = ["鸭子"]
command = ["goose"]
"""


@pytest.mark.parametrize(
    ("sentence", "fields"),
    [
        (
            "打开小黄鸭游泳",
            ["kind: command", "reason: exact", "confidence: 1.0", "command_type: app",
             "target: 小黄鸭", 'commands: [["duck"]]', 'names: ["小黄鸭", "鸭子"]', "own: true",
             "remainder: 游泳"],
        ),
        (
            "关闭小黄压",
            ["kind: command", "reason: pinyin", "confidence: 0.9", "command_type: system",
             "target: 关闭", 'commands: [["duck"]]', 'names: ["小黄鸭", "鸭子"]', "own: true",
             "value: 小黄鸭", "needs_confirmation: true"],
        ),
        (
            "搜索鸭子",
            ["kind: command", "reason: exact", "confidence: 1.0", "command_type: search",
             "target: 鸭子", "url: https://www.baidu.com/s?wd=%E9%B8%AD%E5%AD%90"],
        ),
        (
            "声音大一点",
            ["kind: command", "reason: exact", "confidence: 1.0", "command_type: system",
             "target: 音量", "value: +10"],
        ),
        (
            "打开鸭子",
            ["kind: unresolved", "reason: ambiguous_name", 'choices: ["小黄鸭", "小白鹅"]'],
        ),
        (
            "打开小白",
            ["kind: unresolved", "reason: unknown_name", "target: 小白", 'choices: ["小白鹅"]'],
        ),
    ],
)  # fmt: skip
def test_each_kind_has_its_own_fields(
    sentence: str, fields: list[str], user_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    user_file.write_text(TWO, encoding="utf-8")
    lines = shown(capsys, sentence).splitlines()
    kind = next(place for place, line in enumerate(lines) if line.startswith("  kind: "))
    assert [line.strip() for line in lines[kind:]] == fields


def test_several_sentences_are_shown_apart(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = shown(capsys, "锁屏", "截图").split("\n\n")
    assert first.startswith("锁屏\n")
    assert second.startswith("截图\n")


def test_the_user_s_file_and_this_computer_count(
    user_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    user_file.write_text(
        f'[[app]]\nname = "小黄鸭"\ncommand = {{ {this_platform()} = ["duck", "-黄"] }}\n',
        encoding="utf-8",
    )
    assert '  commands: [["duck", "-黄"]]\n  names: ["小黄鸭"]\n  own: true\n' in shown(
        capsys, "打开小黄鸭"
    )


def test_a_broken_file_is_said(user_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    user_file.write_text("[[apps]]\n", encoding="utf-8")
    out = shown(capsys, "打开计算器")
    assert "commands.toml 有误" in out
    assert "[[apps]]" in out


def test_wrong_settings_are_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICE_PORT", "many")
    assert main(["打开计算器"]) == 1
    output = capsys.readouterr()
    assert "VOICE_PORT" in output.err
    assert output.out == ""


def test_without_sentences_lines_are_read(
    user_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lines() -> io.StringIO:
        return io.StringIO("锁屏\n\n打开小黄鸭")

    user_file.write_text('[[app]]\nname = "小黄鸭"\ncommand = ["duck"]\n', encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", lines())
    out = shown(capsys)
    assert [line for line in out.splitlines() if "target" in line] == [
        "  target: 锁屏",
        "  target: 小黄鸭",
    ]
    assert "  reason: empty\n" in out
    assert "Ctrl-C" not in out


def test_a_person_at_a_terminal_is_told_what_to_do_and_may_stop(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

        def __iter__(self) -> Iterator[str]:
            yield "锁屏\n"
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", Terminal())
    out = shown(capsys)
    assert out.index("按 Ctrl-C 结束") < out.index("target: 锁屏")


def test_it_runs_as_a_module_whatever_the_terminal_can_show(user_file: Path) -> None:
    user_file.write_text("[[apps]]\n", encoding="utf-8")
    arguments: list[str | bytes] = [sys.executable, "-m", "voice_assistant.commands", "去B站看看"]
    if sys.platform != "win32":
        arguments.append(b"\xff\xfe")
    environment = {**os.environ, "VOICE_COMMANDS_FILE": str(user_file), "PYTHONUTF8": "0"}
    result = subprocess.run(
        arguments,
        cwd=ROOT,
        env={**environment, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, b"")
    assert b"url: https://www.bilibili.com" in result.stdout
