"""What people say, decided with the built-in wordings and names."""

from __future__ import annotations

import random
import time

import pytest

from voice_assistant.commands.decision import OpenApp, OpenSite, Search, Unresolved
from voice_assistant.commands.library import CommandLibrary

ORDERS = [
    ("打开", "计算器", "计算器"),
    ("启动", "记事本", "记事本"),
    ("运行", "任务管理器", "任务管理器"),
    ("打开", "百度", "百度"),
    ("访问", "知乎", "知乎"),
    ("打开", "微信", "微信"),
    ("打开", "B站", "哔哩哔哩"),
]
FORMS = [
    "{v}{n}", "{v} {n}", "{v}{n}。", "{v}{n}！", "{v}{n}？", "{v}，{n}。", "{v}「{n}」",
    " {v}{n}\n",
    "请{v}{n}", "帮我{v}{n}", "请帮我{v}一下{n}", "麻烦你{v}{n}", "劳烦{v}{n}，谢谢", "给我{v}{n}",
    "可以帮我{v}{n}吗？", "能不能{v}{n}", "请问能{v}{n}吗", "你好，帮我{v}{n}", "我想{v}{n}",
    "我现在要{v}{n}", "嗯，{v}{n}", "那个，{v}{n}", "现在{v}{n}", "快{v}{n}", "先{v}{n}",
    "{v}{n}吧", "{v}{n}啊", "{v}{n}呀", "{v}{n}吗", "{v}{n}好吗？", "{v}{n}行不行", "{v}{n}一下",
    "{v}{n}，谢谢你。", "{v}一下{n}", "{v}下{n}", "{v}我的{n}", "{v}那个{n}", "{v}{n}{v}{n}",
    "{v}{n}看看",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("verb", "name", "target"), ORDERS)
def test_orders(form: str, verb: str, name: str, target: str, builtin: CommandLibrary) -> None:
    understanding = builtin.decide(form.format(v=verb, n=name))
    assert (understanding.is_command, understanding.target) == (True, target)
    [decision] = understanding.decisions
    assert decision.reason == "exact"


@pytest.mark.parametrize(
    ("sentence", "target"),
    [
        ("去B站看看", "哔哩哔哩"),
        ("去 b 站 看看吧。", "哔哩哔哩"),
        ("我想去B站看看", "哔哩哔哩"),
        ("能去B站看看吗", "哔哩哔哩"),
        ("去B站看看好吗", "哔哩哔哩"),
        ("上B站", "哔哩哔哩"),
        ("到知乎看看", "知乎"),
        ("逛逛淘宝", "淘宝"),
        ("刷微博", "微博"),
        ("打开知乎官网", "知乎"),
        ("访问京东商城的网页", "京东"),
        ("把计算器打开", "计算器"),
        ("打开下载文件夹", "下载文件夹"),
        ("打开一下下载文件夹", "下载文件夹"),
        ("把我的世界打开", "我的世界"),
        ("把米哈游启动器打开", "米哈游启动器"),
        ("去知网上", "知网"),
        ("打开Outlook吗", "Outlook"),
        ("帮我把微信打开一下", "微信"),
        ("将我的记事本打开", "记事本"),
        ("把百度给我打开", "百度"),
        ("打开计算器程序", "计算器"),
        ("打开百度搜索", "百度"),
        ("打开饿了么", "饿了么"),
        ("打開計算器", "计算器"),
        ("打開計算器程序", "计算器"),
        ("開啟小算盤", "计算器"),
        ("幫我啟動記事本", "记事本"),
        ("執行工作管理員", "任务管理器"),
        ("訪問知乎", "知乎"),
        ("去小紅書看看", "小红书"),
        ("把計算器打開", "计算器"),
        ("大开计算器", "计算器"),
        ("他开微信", "微信"),
        ("打开威信", "微信"),
        ("打开饿了吗", "饿了么"),
        ("打开不多多", "拼多多"),
        ("open calculator", "计算器"),
        ("Open Calculator.", "计算器"),
        ("Could you please open the calculator for me?", "计算器"),
        ("I'd like to open the calculator", "计算器"),
        ("let's open the calculator app", "计算器"),
        ("launch Notepad", "记事本"),
        ("run task manager", "任务管理器"),
        ("go to bilibili", "哔哩哔哩"),
        ("visit zhihu please", "知乎"),
        ("open 微信", "微信"),
        ("please 打开微信", "微信"),
        ("打开 VS Code", "VS Code"),
        ("打开v s code", "VS Code"),
        ("打开Q Q", "QQ"),
    ],
)
def test_other_wordings(sentence: str, target: str, builtin: CommandLibrary) -> None:
    understanding = builtin.decide(sentence)
    assert (understanding.is_command, understanding.target) == (True, target)


NO_ORDERS = [
    "怎么打开{n}", "如何打开{n}？", "请问怎么打开{n}", "{n}怎么打开", "{n}怎么用", "{n}是什么",
    "{n}是哪一年发布的", "为什么我的{n}打不开", "{n}打不开了怎么办", "你会打开{n}吗",
    "你打开{n}了吗", "打开{n}了吗", "打开{n}了没有", "你打开过{n}吗", "打开{n}是什么意思",
    "打开{n}要钱吗", "打开{n}用英语怎么说", "要不要打开{n}", "谁让你打开{n}的", "打开{n}干嘛",
    "不要打开{n}", "别打开{n}", "请不要打开{n}", "千万别打开{n}", "先别打开{n}", "不用打开{n}了",
    "我不想打开{n}", "不能打开{n}", "没有打开{n}", "别去{n}看看", "不要访问{n}", "别把{n}打开",
    "打开{n}失败", "卸载{n}",
    "我昨天打开了{n}", "打开了{n}", "我打开{n}的时候死机了", "他说打开{n}就好", "妈妈让我打开{n}",
    "我们昨天去{n}看看了", "到{n}了", "如果打开{n}", "我在用{n}", "听说{n}倒闭了", "{n}",
    "how do I open {n}?", "don't open {n}", "he opened {n}", "why can't I open {n}",
]  # fmt: skip


@pytest.mark.parametrize("form", NO_ORDERS)
@pytest.mark.parametrize("name", ["计算器", "微信", "百度", "B站", "浏览器", "音乐"])
def test_questions_refusals_and_stories(form: str, name: str, builtin: CommandLibrary) -> None:
    assert not builtin.decide(form.format(n=name)).is_command


@pytest.mark.parametrize(
    "sentence",
    [
        "去北京", "去学校看看", "去医院看看", "去超市逛逛", "去公园玩", "去看看妈妈", "去吃饭",
        "去上班", "我想上大学", "上课", "上网", "到家了", "看书", "看电影", "逛街", "开会", "开车",
        "进门", "来电",
        "打开窗户通通风吧", "打开窗户", "打开天窗说亮话", "打开心扉", "打开书本", "启动资金",
        "运行内存", "进入梦乡", "登上长城", "前往北京", "访问量", "浏览量", "执行力", "打卡",
        "大开眼界", "起动机", "试卷", "取快递", "取消", "许愿", "曲子",
        "今天天气怎么样？", "你好", "讲个笑话", "现在几点", "帮我写一封邮件", "推荐几本书",
        "打开微信\x00是什么", "打开", "去", "把", "把打开", "看看",
    ],
)  # fmt: skip
def test_ordinary_talk(sentence: str, builtin: CommandLibrary) -> None:
    assert not builtin.decide(sentence).is_command


# --- Anything at all ---


def _hostile() -> list[str]:
    odd = [
        "\0", "\x1b[31m", "\x7f", "\ud800", "\udfff", "\u202e", "\u2066", "\ufeff", "\u200d",
        "\ufdfa",
        "😀", "👨‍👩‍👧", "̵̡̛", "مرحبا", "ß", "İ", "㍿", "①", "٣", "(?:",
        "(a+)+$", "[", "\\", "*", "\\1", "{query}",
        "%00", "{0}", "$(reboot)", "`id`", "' OR 1=1 --", "<script>", "\r\n", "\t", "　", "．", "_",
    ]  # fmt: skip
    plain = [
        "打开", "微信", "搜索", "在B站搜", "音量调到", "去", "看看", "把", "吧", "一下", "open ",
    ]  # fmt: skip
    shaped = [
        "打开" + "吧" * 58, "去" * 30 + "看看" * 15, "打开" + "系统" * 29, "把" * 30 + "打开" * 15,
        "请" * 58 + "打开", "音量调到" + "九" * 56, "在" + "上" * 57 + "搜", "搜索" + "a.b " * 14,
        "search " + "a on " * 50, "打开" * 5000, "a" * 100_000, "搜索天气" + "。" * 1_000_000,
        " " * 1_000_000, "\0" * 1_000_000, "\ufdfa" * 240, "a" + "\u0301" * 239, "一下" * 10_000,
    ]  # fmt: skip
    chance = random.Random(0)  # noqa: S311 - the same strings every time
    mixed = ["".join(chance.choices(odd + plain, k=chance.randint(2, 20))) for _ in range(150)]
    return [*odd, *(word + each for word in plain[:4] for each in odd), *shaped, *mixed]


def test_nothing_raises_or_hangs(builtin: CommandLibrary) -> None:
    hostile = _hostile()
    assert len(set(hostile)) >= 200
    began = time.monotonic()
    for text in hostile:
        understanding = builtin.decide(text)
        (understanding.target or "").encode()
        match understanding.decisions[0]:
            case OpenApp(fallback_url=str(url)) | OpenSite(url=url) | Search(url=url):
                url.encode("ascii")
            case Unresolved(name=str(name)):
                name.encode()
    # Many times what it takes; far too little for work that grows with the square of a long text.
    assert time.monotonic() - began < 0.05 * len(hostile)
