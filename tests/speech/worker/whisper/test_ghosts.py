from __future__ import annotations

import pytest

from voice_assistant.speech.worker.text import clean, fold
from voice_assistant.speech.worker.whisper.ghosts import GHOSTS


@pytest.mark.parametrize(
    "text",
    [
        "字幕由 Amara.org 社區提供",
        "中文字幕志愿者 杨茜茜",
        "請不吝點贊 訂閱 轉發 打賞支持明鏡與點點欄目",
        "优优独播剧场——YoYo Television Series Exclusive",
        "(字幕:J Chong)",
        "謝謝大家觀看!",
        "Thank you for watching!",
        "Thanks for watching.",
        "Subtitles by the Amara.org community",
    ],
)
def test_what_is_written_under_silence(text: str) -> None:
    assert fold(clean(text, "zh")) in GHOSTS


@pytest.mark.parametrize(
    "text",
    [
        "谢谢",
        "谢谢你，再见",
        "再见",
        "好",
        "Thank you.",
        "帮我给视频加字幕",
        "打开字幕",
        "怎么订阅频道",
        "谢谢观看这个词怎么翻译",
    ],
)
def test_what_people_say(text: str) -> None:
    assert fold(clean(text, "zh")) not in GHOSTS
