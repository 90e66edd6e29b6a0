from __future__ import annotations

import pytest

from voice_assistant.commands.normalise import key, normalise, reworded


@pytest.mark.parametrize(
    ("said", "folded"),
    [
        ("打开计算器。", "打开计算器"),
        ("打开，计算器！", "打开计算器"),
        ("　打开　计算器　", "打开计算器"),
        ("打 开 计 算 器", "打开计算器"),
        ("「打开」《计算器》…", "打开计算器"),
        ("打开ＱＱ", "打开qq"),
        ("打开 Q Q", "打开qq"),
        ("打开 V S Code", "打开vs code"),
        ("去 B 站 看看", "去b站看看"),
        ("Open  the Calculator.", "open the calculator"),
        ("I'd like to open WPS", "id like to open wps"),
        ("C++ C# .NET node.js 3.5", "c++ c# net node.js 3.5"),
        ("a_b-c", "abc"),
        ("ab_cd-ef", "ab cd ef"),
        ("", ""),
        (" 。！？\t\n", ""),
        ("😀🎉", ""),
    ],
)
def test_width_case_punctuation_and_spaces_are_folded(said: str, folded: str) -> None:
    assert normalise(said) == folded


@pytest.mark.parametrize(
    ("said", "folded"),
    [
        ("打開計算器", "打开计算器"),
        ("開啟工作管理員", "打开任务管理器"),
        ("去小紅書看看", "去小红书看看"),
        ("打開，計算器。", "打开计算器"),
        ("打開相簿", "打开相册"),
        ("登出", "登出"),  # not only Traditional
    ],
)
def test_traditional_sentences_become_simplified_with_mainland_wording(
    said: str, folded: str
) -> None:
    assert reworded(said) == folded


def test_traditional_characters_alone_change_no_word() -> None:
    assert normalise("打開通訊錄") == "打开通讯录"
    assert normalise("開啟截圖程序") == "开启截图程序"


@pytest.mark.parametrize("said", ["打开计算器程序", "饿了么", "智能视频", "智慧视频", "软体"])
def test_simplified_words_stay_as_they_are(said: str) -> None:
    assert normalise(said) == said


@pytest.mark.parametrize("odd", ["\x00", "\x1b", "\x7f", "\ud800", "\u202e", "\u200b"])
def test_what_is_no_text_is_left_out_and_hides_nothing(odd: str) -> None:
    assert normalise(f"打开{odd}微信{odd}是什么") == "打开微信是什么"
    assert normalise(f"打開{odd}微信{odd}是什麼") == "打开微信是什么"


@pytest.mark.parametrize(
    "said", ["打開，計算器 程式", "去 B 站", "Let's GO", "C++ .NET", "a b c d"]
)
def test_twice_is_as_good_as_once(said: str) -> None:
    assert normalise(normalise(said)) == normalise(said)


@pytest.mark.parametrize("name", ["VS Code", "vscode", "V S Code", "ｖｓ　ｃｏｄｅ", "VS-Code"])
def test_a_key_has_no_spaces(name: str) -> None:
    assert key(name) == "vscode"
