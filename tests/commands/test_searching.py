from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.support.decisions import only
from voice_assistant.commands.decision import CONFIDENCE, Search
from voice_assistant.commands.matcher import Matcher
from voice_assistant.commands.names.catalogue import Catalogue
from voice_assistant.commands.names.entry import Entry
from voice_assistant.commands.normalise import as_said
from voice_assistant.commands.wordings.grammar import Grammar


@pytest.mark.parametrize(
    ("sentence", "host", "query"),
    [
        ("搜索红烧肉的做法", "baidu.example", "红烧肉的做法"),
        ("帮我搜一下 Python 3.12", "baidu.example", "Python 3.12"),
        ("百度一下红烧肉", "baidu.example", "红烧肉"),
        ("在B站搜原神", "bili.example", "原神"),
        ("去B站上搜索一下 Bad Apple!!", "bili.example", "Bad Apple"),
        ("search Cute Cats on bilibili", "bili.example", "Cute Cats"),
        ("搜索《三体》。", "baidu.example", "《三体》"),
        ("搜索C++", "baidu.example", "C++"),
        ("搜尋紅燒肉", "baidu.example", "紅燒肉"),
    ],
)
def test_a_query_is_searched_as_it_was_said(
    sentence: str, host: str, query: str, matcher: Matcher
) -> None:
    understanding = matcher.decide(sentence)
    assert (understanding.command_type, understanding.target) == ("search", query)
    assert urlsplit(only(Search, understanding).url).hostname == host


@pytest.mark.parametrize(
    "query",
    ["a&b=c#d /../", "x&wd=evil", "#top", "../../etc", "a?b", "%2e%2e/", "+1 %0a", "@host:80/"],
)
def test_no_query_changes_the_address(query: str, matcher: Matcher) -> None:
    search = only(Search, matcher.decide(f"搜索一下猫{query}猫"))
    assert search.command_type == "search"
    parts = urlsplit(search.url)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "baidu.example", "/s")
    assert parse_qsl(parts.query, strict_parsing=True) == [("wd", search.target)]
    assert parts.fragment == ""

    in_path = urlsplit(only(Search, matcher.decide(f"在B站搜猫{query}猫")).url)
    assert in_path.netloc == "bili.example"
    assert in_path.path.count("/") == 1
    assert in_path.query == "from=voice"


def test_the_reason_of_a_search_is_how_its_site_was_found(matcher: Matcher) -> None:
    assert only(Search, matcher.decide("在哔哩哔哩搜原神")).reason == "exact"
    understanding = matcher.decide("在必哩必哩搜原神")
    assert only(Search, understanding).reason == "pinyin"
    assert understanding.confidence == CONFIDENCE["pinyin"]


@pytest.mark.parametrize(
    "sentence",
    ["搜索", "搜狗输入法", "搜索引擎是什么", "在知乎搜不到", "在B站上找不到", "百度一下是什么意思"],
)
def test_speaking_of_searches_is_no_search(sentence: str, matcher: Matcher) -> None:
    assert not matcher.decide(sentence).is_command


def test_a_site_may_have_a_name_that_is_nearly_right(matcher: Matcher) -> None:
    search = only(Search, matcher.decide("在哔哩必那搜原神"))
    assert (search.query, search.reason) == ("原神", "near_pinyin")
    assert urlsplit(search.url).hostname == "bili.example"


@pytest.mark.parametrize("sentence", ["搜索红烧肉", "百度一下红烧肉"])
def test_where_no_site_can_search_nothing_is_searched(sentence: str, grammar: Grammar) -> None:
    catalogue = Catalogue([Entry("app", "微信"), Entry("site", "知乎", url="https://a.example")])
    assert not Matcher(grammar, catalogue, "linux").decide(sentence).is_command


@pytest.mark.parametrize("sentence", ["搜索猫", "百度一下猫", "在B站搜猫"])
def test_one_character_is_no_query(sentence: str, matcher: Matcher) -> None:
    assert not matcher.decide(sentence).is_command


@pytest.mark.parametrize(
    ("query", "text", "said"),
    [
        ("红烧肉", "搜索，红烧肉。", "红烧肉"),
        ("cats", "search Cats!", "Cats"),
        ("三体好看吗", "搜《三体》好看吗？", "《三体》好看吗"),
        ("红烧肉米饭", "搜红烧肉　米饭", "红烧肉 米饭"),
        ("ab cd", "搜AB\x00CD\ud800", "AB CD"),
        ("cats", "search CATS on youtube", "CATS"),
        ("猫", "搜索狗", "猫"),
        ("猫", "搜索猫，然后再去做点别的什么事情吧", "猫"),
        ("kg", "搜索㎏", "㎏"),
        ("5km", "搜索5㎞", "5㎞"),
    ],
)
def test_as_said(query: str, text: str, said: str) -> None:
    assert as_said(query, text) == said
