from __future__ import annotations

import sys
from typing import Any

import pytest

from voice_assistant.commands.names.entry import PLATFORMS, Entry, read_entries, this_platform
from voice_assistant.errors import ConfigError

ARGV = ["/opt/my app/run", "$HOME", "; rm -rf ~", "a b", '"', "`id`", "%PATH%", "中文"]


def app(**fields: object) -> dict[str, Any]:
    return {"app": [{"name": "微信", "command": ["wechat"]} | fields]}


def site(**fields: object) -> dict[str, Any]:
    return {"site": [{"name": "维基", "url": "https://wiki.example"} | fields]}


def only(data: dict[str, Any]) -> Entry:
    (entry,) = read_entries(data)
    return entry


def test_an_app_with_one_command_has_it_on_every_system() -> None:
    entry = only(app(aliases=["WeChat", "威信"]))
    assert (entry.kind, entry.names) == ("app", ("微信", "WeChat", "威信"))
    assert dict(entry.commands) == dict.fromkeys(PLATFORMS, (("wechat",),))
    assert not entry.of_user


def test_an_app_may_have_several_commands_for_each_system() -> None:
    entry = only(app(command={"linux": [["a", "-x"], ["b"]], "macos": ["c"]}))
    assert dict(entry.commands) == {"linux": (("a", "-x"), ("b",)), "macos": (("c",),)}


def test_arguments_are_taken_literally() -> None:
    assert only(app(command=ARGV)).commands["linux"] == (tuple(ARGV),)


def test_a_site_has_an_address_and_perhaps_a_search() -> None:
    entry = only(site(search="http://wiki.example/?q={query}&x=1"))
    assert (entry.kind, entry.url) == ("site", "https://wiki.example")
    assert entry.search == "http://wiki.example/?q={query}&x=1"
    assert only(site()).search is None


def test_spaces_around_a_name_are_no_part_of_it() -> None:
    assert only(app(name=" 微信 ")).name == "微信"


def test_order_is_kept_and_the_owner_noted() -> None:
    rows = [{"name": name, "command": [name]} for name in ("乙", "甲", "丙")]
    entries = read_entries({"app": rows} | site(), of_user=True)
    assert [entry.name for entry in entries] == ["乙", "甲", "丙", "维基"]
    assert all(entry.of_user for entry in entries)


def test_nothing_is_fine() -> None:
    assert read_entries({}) == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"apps": []}, "[[apps]]"),
        ({"app": {"name": "a"}}, "two brackets"),
        ({"app": "a"}, "two brackets"),
        ({"site": ["a"]}, "two brackets"),
        (app(name=""), "no name"),
        (app(name=3), "no name"),
        (app(name="！"), "no name"),
        ({"app": [{"command": ["a"]}]}, "no name"),
        (app(cmd=["a"]), "微信: unknown key cmd"),
        (app(url="https://a.example"), "微信: unknown key url"),
        (site(command=["a"]), "维基: unknown key command"),
        (app(aliases="WeChat"), "微信: aliases"),
        (app(aliases=["WeChat", 1]), "微信: aliases"),
        (app(command="wechat --new"), "微信: command"),
        (app(command=None), "微信: command"),
        (app(command=[]), "微信: command"),
        (app(command=[""]), "微信: command"),
        (app(command=["a", 1]), "微信: command"),
        (app(command=["a\0b"]), "微信: command"),
        (app(command=[["a"], "b"]), "微信: command"),
        (app(command=[["a"], []]), "微信: command"),
        (app(command=["a", ["b"]]), "微信: command"),
        (app(command={"linux": "a"}), "微信: command"),
        (app(command={"linux": []}), "微信: command"),
        (app(command={"beos": ["a"]}), "微信: unknown platform beos"),
        (site(search="https://a.example/?q="), "维基: search needs {query}"),
        (site(search="https://a.example/{query}/{query}"), "维基: search needs {query}"),
        (site(search="https://{query}/"), "维基: search needs {query}"),
        (site(search="https://{query}@a.example/"), "维基: search needs {query}"),
        (site(search="ftp://a.example/{query}"), "维基: search must be"),
        (site(search=3), "维基: search must be"),
    ],
)
def test_what_is_wrong_is_said(data: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_entries(data)
    assert caught.value.code == "CONFIG_INVALID"
    assert said in str(caught.value.params["detail"])


@pytest.mark.parametrize(
    "url",
    [
        None,
        3,
        "",
        "a.example",
        "//a.example",
        "https://",
        "ftp://a.example",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://[bad",
        "https://a.example:99999",
        "https://a b.example",
        "https://a.example/\n",
        "https://a.example/\0",
        "https://a.example/\u202e",
        " https://a.example",
    ],
)
def test_only_web_addresses_are_sites(url: object) -> None:
    with pytest.raises(ConfigError, match="维基: url must be") as caught:
        read_entries(site(url=url))
    assert "http://" in str(caught.value.params["detail"])


@pytest.mark.parametrize(
    ("system", "platform"),
    [("win32", "windows"), ("darwin", "macos"), ("linux", "linux"), ("freebsd14", "linux")],
)
def test_every_system_is_one_of_three(
    system: str, platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert this_platform() == platform
    assert platform in PLATFORMS
