from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from voice_assistant.desktop import macos
from voice_assistant.desktop.base import Argv, Outcome
from voice_assistant.desktop.macos import MacDesktop
from voice_assistant.desktop.process import WATCH_S

OPEN = "/usr/bin/open"


class FakeMac:
    """Remembers what was started; `open` fails as set."""

    def __init__(self) -> None:
        self.launched: list[tuple[Argv, float]] = []
        self.ran: list[Argv] = []
        self.open_says: dict[str, str] = {}
        self.run_error: OSError | None = None
        self.running: set[str] | None = None
        self.osascript_says = "execution error: not running (-2700)"

    def launch(self, argv: Argv, environ: Mapping[str, str], *, watch_s: float) -> Outcome:
        self.launched.append((argv, watch_s))
        if argv[-1] in self.open_says:
            return Outcome("exited", f"open: exit status 1: {self.open_says[argv[-1]]}")
        return Outcome("started", argv[0])

    def run(self, argv: Argv, environ: Mapping[str, str], *, timeout_s: float) -> Outcome:
        if self.run_error is not None:
            raise self.run_error
        self.ran.append(argv)
        if self.running is not None and argv[-1] not in self.running:
            return Outcome("failed", f"osascript: exit status 1: 0:9: {self.osascript_says}")
        return Outcome("done")


@pytest.fixture
def fake() -> FakeMac:
    return FakeMac()


@pytest.fixture
def desktop(fake: FakeMac, monkeypatch: pytest.MonkeyPatch) -> MacDesktop:
    paths = {"open": OPEN, OPEN: OPEN, "tool": "/usr/local/bin/tool"}
    monkeypatch.setattr(macos, "find_program", lambda name, _environ: paths.get(name))
    return MacDesktop({}, launch=fake.launch, run=fake.run)


def test_open_is_watched_until_it_tells(desktop: MacDesktop, fake: FakeMac) -> None:
    assert desktop.start_app((("open", "-a", "Calculator"),), ()).ok
    assert fake.launched == [((OPEN, "-a", "Calculator"), macos.OPEN_WATCH_S)]


def test_other_programs_are_watched_as_everywhere(desktop: MacDesktop, fake: FakeMac) -> None:
    desktop.start_app((("tool", "-x"),), ())
    assert fake.launched == [(("/usr/local/bin/tool", "-x"), WATCH_S)]


def test_an_app_that_is_missing_gives_way(desktop: MacDesktop, fake: FakeMac) -> None:
    fake.open_says["Calculator"] = "Unable to find application named 'Calculator'"
    outcome = desktop.start_app(
        (("missing",), ("open", "-a", "Calculator")), ("a/b", "-h", "计算器")
    )
    assert outcome.ok
    assert [argv for argv, _ in fake.launched][1:] == [(OPEN, "-a", "计算器")]


def test_nothing_of_that_name(desktop: MacDesktop, fake: FakeMac) -> None:
    fake.open_says["计算器"] = "Unable to find application named '计算器'"
    outcome = desktop.start_app((("missing",),), ("计算器",))
    assert outcome == Outcome("not_found", "missing, 计算器")


def test_an_app_that_cannot_start(desktop: MacDesktop, fake: FakeMac) -> None:
    fake.open_says["Calculator"] = "the application cannot be opened"
    outcome = desktop.start_app((("open", "-a", "Calculator"), ("tool",)), ())
    assert outcome.code == "exited"


def test_sites(desktop: MacDesktop, fake: FakeMac) -> None:
    assert desktop.open_url("https://example.com").code == "opened"
    assert desktop.open_url("/Applications/Calculator.app").code == "refused"
    assert [argv for argv, _ in fake.launched] == [(OPEN, "https://example.com")]
    fake.open_says["https://example.org"] = "no browser"
    assert desktop.open_url("https://example.org").code == "exited"


@pytest.mark.parametrize(
    ("action", "value", "script", "arguments"),
    [
        ("音量", "50", "set volume output volume (item 1 of argv as integer)", ["50"]),
        (
            "音量",
            "-10",
            "set volume output volume "
            "((output volume of (get volume settings)) - (item 1 of argv as integer))",
            ["10"],
        ),
        ("静音", None, "set volume output muted true", []),
        ("静音", "off", "set volume output muted false", []),
        ("关机", None, 'tell application "System Events" to shut down', []),
        ("重启", None, 'tell application "System Events" to restart', []),
        ("注销", None, 'tell application "System Events" to log out', []),
    ],
)
def test_scripts(
    *,
    action: str,
    value: str | None,
    script: str,
    arguments: list[str],
    desktop: MacDesktop,
    fake: FakeMac,
) -> None:
    assert desktop.run_system(action, value) == Outcome("done")
    (argv,) = fake.ran
    assert argv[0] == "/usr/bin/osascript"
    assert argv[4] == script
    assert list(argv[7:]) == arguments


@pytest.mark.parametrize(("action", "word"), [("锁屏", "displaysleepnow"), ("休眠", "sleepnow")])
def test_power_management(action: str, word: str, desktop: MacDesktop, fake: FakeMac) -> None:
    assert desktop.run_system(action, None).ok
    assert fake.ran == [("/usr/bin/pmset", word)]


def test_screenshot(
    desktop: MacDesktop, fake: FakeMac, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    outcome = desktop.run_system("截图", None)
    assert outcome.code == "done"
    assert fake.ran == [("/usr/sbin/screencapture", "-x", outcome.detail)]
    assert Path(outcome.detail).parent == tmp_path / "Pictures"


def test_a_tool_that_is_missing(desktop: MacDesktop, fake: FakeMac) -> None:
    fake.run_error = FileNotFoundError(2, "gone")
    assert desktop.run_system("锁屏", None) == Outcome("unsupported", "/usr/bin/pmset")


def test_a_strange_value_runs_nothing(desktop: MacDesktop, fake: FakeMac) -> None:
    assert desktop.run_system("音量", "50; reboot").code == "unsupported"
    assert fake.ran == []


def test_an_app_is_asked_to_quit_by_name_outside_the_script(
    desktop: MacDesktop, fake: FakeMac
) -> None:
    fake.running = {"微信"}
    assert desktop.close_app((("open", "-a", "WeChat"),), ("a/b", "-h", "微信")) == Outcome("done")
    first, second = fake.ran
    assert (first[-1], second[-1]) == ("WeChat", "微信")
    assert first[:-1] == second[:-1] == macos.QUIT
    assert "tell application (item 1 of argv) to quit" in macos.QUIT


@pytest.mark.parametrize(
    "words", ["execution error: not running (-2700)", "Can’t get application. (-1728)"]
)
def test_an_app_that_does_not_run(words: str, desktop: MacDesktop, fake: FakeMac) -> None:
    fake.running = set()
    fake.osascript_says = words
    outcome = desktop.close_app((("open", "-a", "WeChat"), ("open", "https://a.b")), ("微信",))
    assert outcome == Outcome("not_running", "WeChat, 微信")


def test_a_refusal_of_the_system_is_told(desktop: MacDesktop, fake: FakeMac) -> None:
    fake.running = set()
    fake.osascript_says = "Not authorized to send Apple events. (-1743)"
    assert desktop.close_app((("open", "-a", "WeChat"),), ("微信",)).code == "failed"
    assert len(fake.ran) == 1


def test_what_must_go_on_is_left_alone(
    desktop: MacDesktop, fake: FakeMac, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(macos, "runs_this_service", lambda bundle: bundle == "Terminal.app")
    assert desktop.close_app((("open", "-a", "Finder"),), ()) == Outcome("unsupported", "Finder")
    outcome = desktop.close_app((("open", "-a", "Terminal"),), ("终端",))
    assert outcome == Outcome("unsupported", "Terminal: this service runs in it")
    assert fake.ran == []


def test_a_new_folder(
    desktop: MacDesktop, fake: FakeMac, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert desktop.run_system("新建文件夹", "周报").code == "failed"
    (tmp_path / "Desktop").mkdir()
    assert desktop.run_system("新建文件夹", "周报").ok
    assert (tmp_path / "Desktop" / "周报").is_dir()
    assert fake.ran == []
