from __future__ import annotations

import pytest

from voice_assistant.speech.transcript import join
from voice_assistant.speech.worker.text import clean, fold


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("打開計算機。", "打开计算机。"),
        ("請打開瀏覽器", "请打开浏览器"),
        ("裏面有什麼", "里面有什么"),
        ("今天天气怎么样?", "今天天气怎么样？"),
        ("你好,世界!", "你好，世界！"),
        ("你好. 再见.", "你好。再见。"),
        ("音量调到五十．", "音量调到五十。"),
        ("他说:好;走吧", "他说：好；走吧"),
        (" 打开 微信 ", "打开微信"),
        ("明天， 北京会下雨吗？ 会", "明天，北京会下雨吗？会"),
    ],
)
def test_chinese(written: str, cleaned: str) -> None:
    assert clean(written, "zh") == cleaned


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("打开计算机.", "打開計算機。"),
        ("打開計算機。", "打開計算機。"),
        ("裡面有什么", "裏面有什麼"),
        ("皇后的头发", "皇后的頭髮"),
    ],
)
def test_traditional_chinese(written: str, cleaned: str) -> None:
    assert clean(written, "zh", "traditional") == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "Open WebUI, please!",
        "12:30",
        "圆周率是3.14",
        "去 B站",
        "打开 Visual Studio Code",
        "一、二、三",
        "",
    ],
)
def test_what_is_not_chinese_stays(text: str) -> None:
    assert clean(text, "zh") == text


@pytest.mark.parametrize("script", ["simplified", "traditional"])
def test_other_languages_are_only_stripped(script: str) -> None:
    assert clean(" 請打开? ", "ja", script) == "請打开?"
    assert clean("\nHello, world! ", "en", script) == "Hello, world!"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("打开计算器。", "打开计算器"),
        ("Thank you for watching!", "thankyouforwatching"),
        ("字幕由 Amara.org 社区提供", "字幕由amaraorg社区提供"),
        ("《明镜》_与“点点”…", "明镜与点点"),
        ("音量 50%", "音量50"),
        (" ?！—— ", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_joining() -> None:
    assert join(["你好。", "", "再见。"], "zh") == "你好。再见。"
    assert join(["Hello.", "", "Goodbye."], "en") == "Hello. Goodbye."
    assert join([], "zh") == ""
