"""What Whisper learnt from subtitles to write under silence and music.

Nobody says these to a computer as all there is to say; what people do say (谢谢, 再见, thank you)
is not among them.
"""

from __future__ import annotations

from voice_assistant.speech.worker.text import fold
from voice_assistant.speech.worker.whisper.engine import Decoding

# https://github.com/openai/whisper/discussions/928, and reports of users of other projects.
_PHRASES = (
    # Who made the subtitles.
    "字幕",
    "中文字幕",
    "字幕提供",
    "字幕制作",
    "字幕制作人",
    "字幕制作 贝尔",
    "字幕制作人 Zither Harp",
    "字幕 by 索兰娅",
    "字幕：J Chong",
    "字幕志愿者",
    "字幕志愿者 杨茜茜",
    "字幕志愿者 杨栋梁",
    "字幕志愿者 李宗盛",
    "中文字幕志愿者",
    "中文字幕志愿者 杨茜茜",
    "中文字幕志愿者 杨栋梁",
    "中文字幕志愿者 李宗盛",
    "字幕由 Amara.org 社区提供",
    "字幕由 Amara.org 社群提供",
    "中文字幕由 Amara.org 社区提供",
    "中文字幕由 Amara.org 社群提供",
    "由 Amara.org 社区提供的字幕",
    "由 Amara.org 社群提供的字幕",
    "词曲 李宗盛",
    "作词 作曲 李宗盛",
    "作词 作曲 编曲 李宗盛",
    "Zither Harp",
    "Subtitles by the Amara.org community",
    "Transcription by CastingWords",
    "Transcribed by https://otter.ai",
    "Subs by www.zeoranger.co.uk",
    "www.mooji.org",
    # What the channel asks for.
    "请不吝点赞、订阅、转发、打赏支持《明镜》与《点点》栏目",
    "点赞、订阅、转发、打赏支持《明镜》与《点点》栏目",
    "打赏支持《明镜》与《点点》栏目",
    "《明镜》与《点点》栏目",
    "请不吝点赞",
    "请不吝点赞订阅",
    "请不吝点赞、订阅、转发",
    "明镜需要您的支持，欢迎订阅明镜",
    "欢迎订阅明镜",
    "请订阅",
    "请订阅我的频道",
    "欢迎订阅我的频道",
    "点赞订阅",
    "点赞订阅转发",
    "请点赞订阅",
    "记得点赞订阅",
    "优优独播剧场",
    "优优独播剧场——YoYo Television Series Exclusive",
    "YoYo Television Series Exclusive",
    "MING PAO CANADA",
    "MING PAO CANADA MING PAO TORONTO",
    "Please subscribe",
    "Please subscribe to my channel",
    "Don't forget to subscribe",
    "Like and subscribe",
    "Please like and subscribe",
    # How the video ends.
    "谢谢观看",
    "谢谢您的观看",
    "谢谢大家观看",
    "谢谢大家的观看",
    "感谢观看",
    "感谢您的观看",
    "感谢大家观看",
    "感谢大家的观看",
    "多谢观看",
    "谢谢收看",
    "谢谢您的收看",
    "谢谢大家收看",
    "谢谢大家的收看",
    "感谢收看",
    "感谢您的收看",
    "感谢大家收看",
    "多谢收看",
    "多谢您收看时局新闻",
    "多谢您收看时局新闻，再会",
    "谢谢观看，下集再见",
    "谢谢观看，下期再见",
    "谢谢收看，下期再见",
    "下集再见",
    "下期再见",
    "我们下期再见",
    "下个视频再见",
    "我们下个视频再见",
    "Thank you for watching",
    "Thank you so much for watching",
    "Thank you very much for watching",
    "Thanks for watching",
    "Thanks so much for watching",
    "Thanks for watching and I'll see you in the next video",
    "See you in the next video",
    "See you next video",
    "I'll see you in the next video",
    "I'll see you in the next one",
    "We'll be right back",
)

GHOSTS = frozenset(fold(phrase) for phrase in _PHRASES)
"""Whole texts, folded, that mean nobody spoke."""

# One in a hundred of 496 such clips, a quarter of them in noise as loud as they, had less. Below
# it, what was written must be likely: the prompt makes 锁屏 of noise, with an average
# log-probability of -.5 and a no-speech probability of .45. These limits sort out all of 23 sounds
# without speech; they would cost 38 of the short words, which are unlikely even where they are
# clear (-2.8 and .50).
_CERTAIN_LIKELIHOOD = 0.7
_LEAST_LOG_PROBABILITY = -1.5
_MOST_NO_SPEECH = 0.4
# Of words that are certain; short ones had up to .84.
_MOST_NO_SPEECH_IF_CERTAIN = 0.9


def is_ghost(decoding: Decoding, folded_text: str, likelihood: float) -> bool:
    """Whether the recogniser wrote something where nobody spoke.

    Args:
        decoding: what it wrote.
        folded_text: its text without punctuation and spaces, in lower case.
        likelihood: how likely it is that somebody spoke; see `trim`.
    """
    if not folded_text or folded_text in GHOSTS:
        return True
    if likelihood >= _CERTAIN_LIKELIHOOD:
        return decoding.no_speech_probability > _MOST_NO_SPEECH_IF_CERTAIN
    return (
        decoding.average_log_probability < _LEAST_LOG_PROBABILITY
        or decoding.no_speech_probability > _MOST_NO_SPEECH
    )
