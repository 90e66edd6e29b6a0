from __future__ import annotations

import pytest

from voice_assistant.commands.wordings.grammar import Grammar


@pytest.mark.parametrize(
    ("sentence", "query"),
    [
        ("搜索红烧肉", ("红烧肉", None)),
        ("搜一下红烧肉", ("红烧肉", None)),
        ("百度一下红烧肉", ("红烧肉", "百度")),
        ("search cats", ("cats", None)),
        ("搜索", ("", None)),
        ("红烧肉", None),
        ("搜狗输入法", None),
        ("搜不到", None),
    ],
)
def test_search_query(sentence: str, query: tuple[str, str | None] | None, small: Grammar) -> None:
    assert small.searching.query(sentence) == query


@pytest.mark.parametrize(
    ("sentence", "pairs"),
    [
        ("在b站上搜原神", [("b站", "原神")]),
        ("b站搜索一下原神", [("b站", "原神")]),
        ("百度搜索", []),  # 搜索 with no query, and not 搜 with the query 索
        ("在b站上找不到", []),
        ("search cats on youtube", [("youtube", "cats")]),
        ("搜索原神", []),
        ("去b站看看", []),
    ],
)
def test_site_searches(sentence: str, pairs: list[tuple[str, str]], small: Grammar) -> None:
    assert list(small.searching.at_site(sentence)) == pairs
