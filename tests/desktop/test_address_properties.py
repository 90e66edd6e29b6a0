from __future__ import annotations

from urllib.parse import quote, urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from voice_assistant.desktop.address import is_web_address

SCHEMES = st.sampled_from(["http", "https", "HTTP", "file", "javascript", "ms-settings", ""])
HOSTS = st.sampled_from(["example.org", "[::1]", "[", "127.0.0.1", "", "微信.cn", "a b"])
REST = st.text(st.sampled_from(":/?#[]@!$&'()*+,;=%\"<>\\^`{|} \0\n\u202eａ8"), max_size=8)


@given(st.text() | st.builds("{}://{}{}".format, SCHEMES, HOSTS, REST))
@example("http://[::1")
@example("http://example.org:99999")
def test_only_http_reaches_a_browser(url: str) -> None:
    if not is_web_address(url):
        return
    parts = urlsplit(url)
    assert parts.scheme in ("http", "https")
    assert parts.hostname
    # Nothing in it can end an argument or hide what follows.
    assert url.isprintable()
    assert set(url).isdisjoint(' "<>\\^`{|}')


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_is_searched_for_can_be_an_address(query: str) -> None:
    assert is_web_address(f"https://example.org/search?q={quote(query, safe='')}")
