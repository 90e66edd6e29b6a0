from __future__ import annotations

import subprocess

import pytest

from voice_assistant.desktop.base import Outcome
from voice_assistant.desktop.dry_run import DryRunDesktop


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> DryRunDesktop:
    """With nothing left to start a program with."""
    monkeypatch.delattr(subprocess, "Popen")
    monkeypatch.delattr("os.startfile", raising=False)
    return DryRunDesktop()


def test_it_names_what_it_would_start(desktop: DryRunDesktop) -> None:
    outcome = desktop.start_app((("gnome-calculator",), ("kcalc", "--new")), ("计算器",))
    assert outcome == Outcome("dry_run", "start gnome-calculator | kcalc --new | 计算器")
    assert not outcome.ok


def test_it_names_what_it_would_close(desktop: DryRunDesktop) -> None:
    outcome = desktop.close_app((("wechat",), ("weixin", "-x")), ("微信",))
    assert outcome == Outcome("dry_run", "close wechat | weixin -x | 微信")


def test_it_names_what_it_would_open(desktop: DryRunDesktop) -> None:
    assert desktop.open_url("https://www.bilibili.com") == Outcome(
        "dry_run", "open https://www.bilibili.com"
    )


def test_it_names_what_it_would_do(desktop: DryRunDesktop) -> None:
    assert desktop.run_system("关机", None) == Outcome("dry_run", "关机")
    assert desktop.run_system("音量", "+10") == Outcome("dry_run", "音量 +10")
    assert desktop.run_system("新建文件夹", "周报") == Outcome("dry_run", "新建文件夹 周报")


def test_it_refuses_what_every_desktop_refuses(desktop: DryRunDesktop) -> None:
    assert desktop.open_url("file:///etc/passwd").code == "refused"
    assert desktop.run_system("音量", "loud").code == "unsupported"
