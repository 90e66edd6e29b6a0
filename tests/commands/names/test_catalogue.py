from __future__ import annotations

import pytest

from voice_assistant.commands.decision import CONFIDENCE
from voice_assistant.commands.names.catalogue import Catalogue
from voice_assistant.commands.names.entry import Entry


def app(name: str, *aliases: str, of_user: bool = False) -> Entry:
    return Entry("app", name, aliases, of_user=of_user)


def searchable(name: str, *aliases: str, of_user: bool = False) -> Entry:
    search = f"https://{len(name)}.example/?q={{query}}"
    return Entry("site", name, aliases, url="https://a.example", search=search, of_user=of_user)


# fmt: off
WORLD = Catalogue([
    app("计算器", "calculator"), app("微信", "WeChat"), app("VS Code", "代码编辑器"), app("QQ音乐"),
    app("百度网盘"), app("国际象棋"), app("拼多多"), app("小红书"), app("爱奇艺"),
    searchable("百度"), searchable("哔哩哔哩", "B站"), app("饿了么"), app("终端"), app("种段"),
    app("腾讯会议"), app("网易云音乐"), app("音乐"),
])
# fmt: on


def found(name: str) -> tuple[list[str], str] | None:
    answer = WORLD.find(name)
    return ([entry.name for entry in answer.entries], answer.level) if answer else None


@pytest.mark.parametrize(
    ("name", "entry"),
    [("计算器", "计算器"), ("calculator", "计算器"), ("wechat", "微信"), ("b站", "哔哩哔哩")],
)
def test_names_and_aliases_are_found(name: str, entry: str) -> None:
    assert found(name) == ([entry], "exact")


@pytest.mark.parametrize("name", ["vs code", "vscode", "v s code"])
def test_spaces_do_not_matter(name: str) -> None:
    assert found(name) == (["VS Code"], "exact")
    assert WORLD.exact(name) != ()


@pytest.mark.parametrize(
    ("name", "entry"),
    [("威信", "微信"), ("计蒜器", "计算器"), ("qq阴月", "QQ音乐"), ("饿了吗", "饿了么")],
)
def test_the_same_sound_is_found(name: str, entry: str) -> None:
    assert found(name) == ([entry], "pinyin")
    assert WORLD.exact(name) == ()


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("计酸机", "计算器"),  # one syllable, one final the same
        ("小红猪", "小红书"),
        ("不多多", "拼多多"),  # one of three, whatever it is
        ("国家相亲", "国际象棋"),  # two of four, each with its initial
        ("网鱼云马月", "网易云音乐"),  # two of five, one of them with its initial
        ("同讯会议", "腾讯会议"),
        ("qq英月", "QQ音乐"),  # ying, yin fold to the same
    ],
)
def test_nearly_the_same_sound_is_found(name: str, entry: str) -> None:
    assert found(name) == ([entry], "near_pinyin")
    assert WORLD.find(name, near=False) is None


@pytest.mark.parametrize(
    "name",
    [
        "",
        "信",
        "计",
        "天气",
        "微心里",
        "记事本",
        "百度please",  # no syllable of 百度网盘 is a Latin word
        "小红go",
        "pp音乐",
        "calculater",
        "鸡马去",
        "国马相亲",  # two of four, and one of them wholly unlike
        "飞机大炮",
    ],
)
def test_what_is_not_alike_is_not_found(name: str) -> None:
    assert found(name) is None


@pytest.mark.parametrize("name", ["过计算器", "百度忘了", "云鸟音乐", "了音乐"])
def test_a_name_with_something_more_is_no_other_name(name: str) -> None:
    assert found(name) is None


def test_of_two_that_sound_alike_both_are_offered() -> None:
    assert found("中断") == (["终端", "种段"], "pinyin")
    assert found("终端") == (["终端"], "exact")


@pytest.mark.parametrize("names", [("小红马", "小红书"), ("小红书", "小红马")])
def test_the_nearer_of_two_is_taken(names: tuple[str, str]) -> None:
    # zhu is one syllable off both shu and ma, and shares its final with shu.
    catalogue = Catalogue([app(name) for name in names])
    nearest = catalogue.find("小红猪")
    assert nearest is not None
    assert [entry.name for entry in nearest.entries] == ["小红书"]


def test_surer_ways_to_find_a_name_give_more_confidence() -> None:
    assert 1 == CONFIDENCE["exact"] > CONFIDENCE["pinyin"] > CONFIDENCE["near_pinyin"] > 0


def test_the_user_s_own_comes_first() -> None:
    own = app("我的微信", "微信", of_user=True)
    catalogue = Catalogue([app("微信", "WeChat"), own])
    assert catalogue.entries[0] is own
    assert catalogue.exact("微信") == (own,)
    [other] = catalogue.exact("wechat")
    assert not other.of_user


def test_the_user_s_own_of_a_built_in_name_has_its_aliases_too() -> None:
    own = app("微信", "绿泡泡", of_user=True)
    catalogue = Catalogue([app("微信", "WeChat"), own])
    for name in ("微信", "绿泡泡", "wechat"):
        assert catalogue.exact(name) == (own,)
    answer = catalogue.find("威信")
    assert answer is not None
    assert answer.entries == (own,)


def test_the_earlier_of_two_built_in_ones_has_a_shared_alias() -> None:
    first, second = app("浏览器", "web"), app("网页", "web")
    assert Catalogue([first, second]).exact("web") == (first,)


def test_an_entry_is_offered_once_however_many_aliases_sound_alike() -> None:
    catalogue = Catalogue([app("小红书", "小红薯", "小红鼠")])
    for name in ("小红树", "小红猪"):
        answer = catalogue.find(name)
        assert answer is not None
        assert len(answer.entries) == 1


def test_searches_go_to_the_first_built_in_site_that_can() -> None:
    site = WORLD.search_site()
    assert site is not None
    assert site.name == "百度"
    assert Catalogue([app("微信")]).search_site() is None


def test_a_site_of_the_user_s_does_not_take_over_all_searches() -> None:
    baidu, wiki = searchable("百度"), searchable("内部维基", of_user=True)
    assert Catalogue([baidu, wiki]).search_site() is baidu


def test_where_a_site_of_the_user_s_has_that_name_and_no_search_the_next_one_searches() -> None:
    own = Entry("site", "内网", ("百度",), url="https://own.example", of_user=True)
    baidu, bilibili = searchable("百度"), searchable("哔哩哔哩")
    assert Catalogue([baidu, bilibili, own]).search_site() is bilibili


def test_but_one_of_the_same_name_does() -> None:
    own = searchable("百度", of_user=True)
    assert Catalogue([searchable("百度"), own]).search_site() is own


def test_the_kind_that_is_meant_is_found_if_there_is_one() -> None:
    duck, pond = app("小黄鸭"), searchable("小黄鸭")
    catalogue = Catalogue([duck, pond])
    assert catalogue.exact("小黄鸭") == catalogue.exact("小黄鸭", "app") == (duck,)
    assert catalogue.exact("小黄鸭", "site") == (pond,)
    assert Catalogue([duck]).exact("小黄鸭", "site") == (duck,)


def test_of_the_user_s_own_all_are_found_but_a_name_comes_before_an_alias() -> None:
    first, second = app("小黄鸭", "鸭子", of_user=True), app("小白鹅", "鸭子", of_user=True)
    assert Catalogue([first, second]).exact("鸭子") == (first, second)
    third = app("鸭子", of_user=True)
    assert Catalogue([first, second, third]).exact("鸭子") == (third,)


@pytest.mark.parametrize(
    ("name", "entry", "level"),
    [
        ("微信", "微信", "pinyin"),
        ("威信", "微信", "pinyin"),
        ("薇星", "微信", "near_pinyin"),
        ("计酸机", "计算器", "near_pinyin"),
        ("qq阴月", "QQ音乐", "pinyin"),
    ],
)
def test_a_name_is_heard_in_mid_sentence(name: str, entry: str, level: str) -> None:
    answer = WORLD.by_sound(name)
    assert answer is not None
    assert ([entry.name for entry in answer.entries], answer.level) == ([entry], level)
    assert WORLD.may_begin(f"{name}发消息", by_sound=True)


@pytest.mark.parametrize("name", ["微信", "qq音乐", "q q音乐", "4399"])
def test_what_may_begin_a_text_is_asked_quickly(name: str) -> None:
    catalogue = Catalogue([app("微信"), app("QQ音乐"), searchable("四三九九")])
    assert catalogue.may_begin(f"{name}发消息", by_sound=False)
    assert not catalogue.may_begin(f"红烧{name}", by_sound=False)
    assert not catalogue.may_begin(f"红烧{name}", by_sound=True)


@pytest.mark.parametrize("name", ["不多多", "wechat", "红烧肉", "一万", "二新"])
def test_but_no_wholly_other_syllable_and_no_number(name: str) -> None:
    catalogue = Catalogue([app("拼多多"), app("WeChat"), app("易万"), app("尔新")])
    assert catalogue.by_sound(name) is None


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("微信就闪退", ("微信",)),
        ("百度网", ("百度", "百度网盘")),
        ("音马", ("音乐",)),
        ("拼多马", ("拼多多",)),
        ("blender", ()),
        ("红烧肉", ()),
        ("盘", ()),  # one character is in too many names
    ],
)
def test_what_contains_it_is_contained_in_it_or_sounds_a_little_like_it_is_similar(
    name: str, names: tuple[str, ...]
) -> None:
    assert WORLD.similar(name) == names


def test_three_similar_names_are_enough() -> None:
    catalogue = Catalogue([app(f"微信{what}") for what in ("读书", "键盘", "电话", "支付")])
    assert catalogue.similar("微信") == ("微信读书", "微信键盘", "微信电话")


def test_a_site_of_the_user_s_without_a_search_keeps_the_built_in_one() -> None:
    builtin = searchable("百度", "度娘")
    own = Entry("site", "百度", url="https://own.example", of_user=True)
    catalogue = Catalogue([builtin, own])
    [site] = catalogue.exact("度娘", "site")
    assert (site.url, site.search) == ("https://own.example", builtin.search)
    assert catalogue.search_site() is site
