from __future__ import annotations

import pytest

from voice_assistant.desktop.address import is_web_address


@pytest.mark.parametrize(
    "url",
    [
        "https://www.bilibili.com",
        "http://localhost:8888/?q=%E8%AF%AD%E9%9F%B3&x=1#top",
        "HTTPS://Example.com/a;b=c,d'e(f)*!$@~",
        "http://[::1]:8080/",
        "https://例子.中国/路径",
    ],
)
def test_web_addresses(url: str) -> None:
    assert is_web_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://",
        "https:///path",
        "http:example.com",
        "https://:80/",
        "example.com",
        "//example.com",
        "ftp://example.com",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,hello",
        "ms-settings:",
        "--version",
        "-h https://example.com",
        " https://example.com",
        "https://example.com/a b",
        "https://example.com\n",
        "https://exam\tple.com",
        "https://example.com/\x00",
        "https://example.com/\x7f",
        "https://example.com/\u00a0",
        "https://example.com/\u202e",
        "https://example.com/\ud800",
        'https://example.com/" --flag',
        'https://example.com/"--flag',
        "https://example.com\\@evil.example",
        "https://example.com/`id`",
        "https://example.com:port/",
        "https://example.com:99999/",
        "https://example.com:0/",
        "https://[::1/",
    ],
)
def test_everything_else_is_refused(url: str) -> None:
    assert not is_web_address(url)
