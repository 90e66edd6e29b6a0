from __future__ import annotations

import pytest

from voice_assistant.speech.worker.text import clean, fold
from voice_assistant.speech.worker.whisper.ghosts import GHOSTS

# As reports have them.
_REPORTED = """
字幕 / 中文字幕 / 字幕提供 / 字幕制作 / 字幕制作人 / 字幕制作 贝尔 / 字幕制作人 Zither Harp /
字幕 by 索兰娅 / 字幕：J Chong / 字幕志愿者 / 字幕志愿者 杨茜茜 / 字幕志愿者 杨栋梁 /
字幕志愿者 李宗盛 / 中文字幕志愿者 / 中文字幕志愿者 杨茜茜 / 中文字幕志愿者 杨栋梁 /
中文字幕志愿者 李宗盛 / 字幕由 Amara.org 社区提供 / 字幕由 Amara.org 社群提供 /
中文字幕由 Amara.org 社区提供 / 中文字幕由 Amara.org 社群提供 / 由 Amara.org 社区提供的字幕 /
由 Amara.org 社群提供的字幕 / 词曲 李宗盛 / 作词 作曲 李宗盛 / 作词 作曲 编曲 李宗盛 /
Zither Harp / Subtitles by the Amara.org community / Transcription by CastingWords /
Transcribed by https://otter.ai / Subs by www.zeoranger.co.uk / www.mooji.org /
请不吝点赞、订阅、转发、打赏支持《明镜》与《点点》栏目 /
点赞、订阅、转发、打赏支持《明镜》与《点点》栏目 / 打赏支持《明镜》与《点点》栏目 /
《明镜》与《点点》栏目 / 请不吝点赞 / 请不吝点赞订阅 / 请不吝点赞、订阅、转发 /
明镜需要您的支持，欢迎订阅明镜 / 欢迎订阅明镜 / 请订阅 / 请订阅我的频道 / 欢迎订阅我的频道 /
点赞订阅 / 点赞订阅转发 / 请点赞订阅 / 记得点赞订阅 / 优优独播剧场 /
优优独播剧场——YoYo Television Series Exclusive / YoYo Television Series Exclusive /
MING PAO CANADA / MING PAO CANADA MING PAO TORONTO / Please subscribe /
Please subscribe to my channel / Don't forget to subscribe / Like and subscribe /
Please like and subscribe / 谢谢观看 / 谢谢您的观看 / 谢谢大家观看 / 谢谢大家的观看 / 感谢观看 /
感谢您的观看 / 感谢大家观看 / 感谢大家的观看 / 多谢观看 / 谢谢收看 / 谢谢您的收看 / 谢谢大家收看 /
谢谢大家的收看 / 感谢收看 / 感谢您的收看 / 感谢大家收看 / 多谢收看 / 多谢您收看时局新闻 /
多谢您收看时局新闻，再会 / 谢谢观看，下集再见 / 谢谢观看，下期再见 / 谢谢收看，下期再见 /
下集再见 / 下期再见 / 我们下期再见 / 下个视频再见 / 我们下个视频再见 / Thank you for watching /
Thank you so much for watching / Thank you very much for watching / Thanks for watching /
Thanks so much for watching / Thanks for watching and I'll see you in the next video /
See you in the next video / See you next video / I'll see you in the next video /
I'll see you in the next one / We'll be right back
"""


@pytest.mark.parametrize("text", [text.strip() for text in _REPORTED.split(" /")])
def test_what_users_have_reported(text: str) -> None:
    assert fold(text) in GHOSTS


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
        "李宗盛",
        "作词 作曲",
        "订阅我的频道",
        "See you in the next one",
        "subscribe",
        "",
    ],
)
def test_what_people_say(text: str) -> None:
    assert fold(clean(text, "zh")) not in GHOSTS
