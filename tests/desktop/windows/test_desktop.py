from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.desktop.windows.test_shortcut import shortcut
from voice_assistant.desktop import closing
from voice_assistant.desktop.base import Argv, Outcome
from voice_assistant.desktop.running import Running, plain_name
from voice_assistant.desktop.windows import desktop as windows
from voice_assistant.desktop.windows.desktop import (
    VK_LWIN,
    VK_SNAPSHOT,
    VK_VOLUME_DOWN,
    VK_VOLUME_MUTE,
    VK_VOLUME_UP,
    WindowsDesktop,
)

DOWN, UP, MUTE = VK_VOLUME_DOWN, VK_VOLUME_UP, VK_VOLUME_MUTE


class ElevationRequiredError(OSError):
    """What CreateProcess says of the Task Manager."""

    winerror = 740


class FakeWindows:
    """Remembers what Windows was asked to do."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.launched: list[tuple[Argv, bool]] = []
        self.ran: list[Argv] = []
        self.keys: list[int] = []
        self.released: list[int] = []
        self.unknown: set[str] = set()
        self.launch_error: OSError | None = None
        self.lock_works = True
        self.unwilling: set[str] = set()

    def startfile(self, target: str) -> None:
        if target in self.unknown:
            raise FileNotFoundError(2, "not found")
        self.opened.append(target)

    def launch(self, argv: Argv, environ: Mapping[str, str], *, console: bool) -> Outcome:
        if self.launch_error is not None:
            raise self.launch_error
        self.launched.append((argv, console))
        return Outcome("started", argv[0])

    def run(self, argv: Argv, environ: Mapping[str, str], *, timeout_s: float) -> Outcome:
        self.ran.append(argv)
        return Outcome("failed", "needs /F") if argv[-1] in self.unwilling else Outcome("done")

    def LockWorkStation(self) -> int:  # noqa: N802 - its real name
        return int(self.lock_works)

    def keybd_event(self, key: int, scan: int, flags: int, extra: int) -> None:
        (self.released if flags else self.keys).append(key)


@pytest.fixture
def fake() -> FakeWindows:
    return FakeWindows()


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Puts an .exe of a kind on the PATH."""
    paths: dict[str, str] = {}
    monkeypatch.setattr(windows, "find_program", lambda name, _environ: paths.get(name))

    def make(name: str, subsystem: int = 2) -> str:
        header = bytearray(0x40 + 200)
        struct.pack_into("<I", header, 0x3C, 0x40)
        header[0x40:0x44] = b"PE\0\0"
        struct.pack_into("<H", header, 0x40 + 92, subsystem)
        path = tmp_path / f"{name}.exe"
        path.write_bytes(header)
        paths[name] = str(path)
        return str(path)

    return make


@pytest.fixture
def desktop(fake: FakeWindows, tmp_path: Path, program: Callable[..., str]) -> WindowsDesktop:
    return WindowsDesktop(
        {"APPDATA": str(tmp_path / "menu")},
        startfile=fake.startfile,
        user32=fake,
        launch=fake.launch,
        run=fake.run,
        desktop_folder=lambda: tmp_path / "OneDrive" / "桌面",
    )


class Process:
    """A process, of which only the number matters."""

    def __init__(self, pid: int) -> None:
        self.pid = pid


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets which programs run, numbered from 101."""

    def make(*programs: str) -> None:
        found = [
            Running(Process(101 + at), 1, frozenset({plain_name(each)}), (each,))
            for at, each in enumerate(programs)
        ]
        monkeypatch.setattr(closing, "programs_of_user", lambda: found)

    return make


@pytest.mark.parametrize(
    "address", ["ms-settings:", "calculator:", r"shell:AppsFolder\Microsoft.Paint!App"]
)
def test_the_shells_own_addresses(address: str, desktop: WindowsDesktop, fake: FakeWindows) -> None:
    assert desktop.start_app(((address,),), ()) == Outcome("started", address)
    assert fake.opened == [address]


def test_an_unknown_address_gives_way(
    desktop: WindowsDesktop, fake: FakeWindows, program: Callable[..., str]
) -> None:
    fake.unknown.add("calculator:")
    path = program("calc")
    assert desktop.start_app((("calculator:",), ("calc", "/x")), ()).ok
    assert fake.launched == [((path, "/x"), False)]


def test_a_drive_is_no_address(desktop: WindowsDesktop, fake: FakeWindows) -> None:
    assert desktop.start_app(((r"C:\missing.exe",),), ()).code == "not_found"
    assert fake.opened == []


def test_a_console_program_gets_its_window(
    desktop: WindowsDesktop, fake: FakeWindows, program: Callable[..., str]
) -> None:
    path = program("cmd", subsystem=3)
    desktop.start_app((("cmd",),), ())
    assert fake.launched == [((path,), True)]


def test_what_is_no_exe_gets_none(
    desktop: WindowsDesktop, fake: FakeWindows, program: Callable[..., str]
) -> None:
    path = program("code")
    Path(path).write_bytes(b"@echo off")
    desktop.start_app((("code",),), ())
    assert fake.launched == [((path,), False)]


def test_a_program_that_wants_more_rights_is_left_to_the_shell(
    desktop: WindowsDesktop, fake: FakeWindows, program: Callable[..., str]
) -> None:
    path = program("taskmgr")
    fake.launch_error = ElevationRequiredError(22, "elevation required")
    assert desktop.start_app((("taskmgr",),), ()) == Outcome("started", path)
    assert fake.opened == [path]


def test_another_error_is_told(
    desktop: WindowsDesktop, fake: FakeWindows, program: Callable[..., str]
) -> None:
    program("calc")
    fake.launch_error = OSError(8, "not enough memory")
    assert desktop.start_app((("calc",),), ()) == Outcome("failed", "calc: not enough memory")


def test_the_start_menu_comes_last(
    desktop: WindowsDesktop, fake: FakeWindows, tmp_path: Path
) -> None:
    folder = tmp_path / "menu" / "Microsoft" / "Windows" / "Start Menu" / "Programs"
    folder.mkdir(parents=True)
    (folder / "WeChat.lnk").touch()
    assert desktop.start_app((("missing",),), ("微信", "wechat")).code == "started"
    assert fake.opened == [str(folder / "WeChat.lnk")]


def test_nothing_of_that_name(desktop: WindowsDesktop) -> None:
    outcome = desktop.start_app((("missing",),), ("微信",))
    assert outcome == Outcome("not_found", "missing, 微信")


def test_sites(desktop: WindowsDesktop, fake: FakeWindows) -> None:
    assert desktop.open_url("https://example.com").code == "opened"
    assert desktop.open_url("ms-settings:").code == "refused"
    assert desktop.open_url('https://example.com/"').code == "refused"
    assert fake.opened == ["https://example.com"]


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        ("关机", ("/s", "/t", "5")),
        ("重启", ("/r", "/t", "5")),
        ("注销", ("/l",)),
        ("休眠", ("/h",)),
    ],
)
def test_power(
    action: str,
    arguments: Argv,
    desktop: WindowsDesktop,
    fake: FakeWindows,
    program: Callable[..., str],
) -> None:
    path = program("shutdown")
    assert desktop.run_system(action, None) == Outcome("done")
    assert fake.ran == [(path, *arguments)]


def test_power_without_its_tool(desktop: WindowsDesktop) -> None:
    assert desktop.run_system("关机", None) == Outcome("unsupported", "shutdown")


def test_lock(desktop: WindowsDesktop, fake: FakeWindows) -> None:
    assert desktop.run_system("锁屏", None).code == "done"
    fake.lock_works = False
    assert desktop.run_system("锁屏", None).code == "failed"


@pytest.mark.parametrize(
    ("action", "value", "keys"),
    [
        ("音量", "+10", [UP] * 5),
        ("音量", "-10", [DOWN] * 5),
        ("音量", "0", [DOWN] * 50),
        ("音量", "30", [DOWN] * 50 + [UP] * 15),
        ("静音", None, [DOWN, UP, MUTE]),
        ("静音", "off", [DOWN, UP]),
        ("截图", None, [VK_LWIN, VK_SNAPSHOT]),
    ],
)
def test_keys(
    action: str,
    value: str | None,
    keys: list[int],
    desktop: WindowsDesktop,
    fake: FakeWindows,
) -> None:
    assert desktop.run_system(action, value).code == "done"
    assert fake.keys == keys
    assert sorted(fake.released) == sorted(keys)


def test_a_strange_value_presses_no_key(desktop: WindowsDesktop, fake: FakeWindows) -> None:
    assert desktop.run_system("音量", "loud").code == "unsupported"
    assert fake.keys == []


def test_an_app_is_asked_by_its_number_and_never_forced(
    *,
    desktop: WindowsDesktop,
    fake: FakeWindows,
    program: Callable[..., str],
    running: Callable[..., None],
) -> None:
    running(r"C:\Windows\Calc.exe", r"C:\Windows\Notepad.exe")
    path = program("taskkill")
    assert desktop.close_app((("missing",), ("notepad.exe",)), ("记事本",)) == Outcome("done")
    assert fake.ran == [(path, "/PID", "102")]


@pytest.mark.parametrize(
    ("command", "program_name"),
    [("microsoft-edge:", "msedge.exe"), ("calc.exe", "CalculatorApp.exe")],
)
def test_a_program_that_runs_under_another_name(
    *,
    command: str,
    program_name: str,
    desktop: WindowsDesktop,
    fake: FakeWindows,
    program: Callable[..., str],
    running: Callable[..., None],
) -> None:
    running(program_name)
    program("taskkill")
    assert desktop.close_app(((command,),), ()).ok


def test_the_start_menu_tells_the_program(
    *,
    desktop: WindowsDesktop,
    fake: FakeWindows,
    program: Callable[..., str],
    running: Callable[..., None],
    tmp_path: Path,
) -> None:
    running("Weixin.exe")
    program("taskkill")
    folder = tmp_path / "menu" / "Microsoft" / "Windows" / "Start Menu" / "Programs"
    folder.mkdir(parents=True)
    (folder / "微信.lnk").write_bytes(b"broken")
    assert desktop.close_app((), ("微信",)) == Outcome("not_running", "微信")
    (folder / "微信.lnk").write_bytes(shortcut(r"C:\Program Files\Tencent\Weixin.exe"))
    assert desktop.close_app((), ("微信",)) == Outcome("done")


def test_a_program_of_just_that_name(
    desktop: WindowsDesktop, program: Callable[..., str], running: Callable[..., None]
) -> None:
    running("Discord.exe")
    program("taskkill")
    assert desktop.close_app((), ("迪斯科", "discord")) == Outcome("done")


def test_one_that_closes_is_enough(
    desktop: WindowsDesktop,
    fake: FakeWindows,
    program: Callable[..., str],
    running: Callable[..., None],
) -> None:
    running("qq.exe", "qq.exe")
    program("taskkill")
    fake.unwilling = {"101"}
    assert desktop.close_app((("qq",),), ()) == Outcome("done")
    fake.unwilling = {"101", "102"}
    assert desktop.close_app((("qq",),), ()) == Outcome("failed", "needs /F")


@pytest.mark.parametrize("argv", [("explorer.exe",), ("explorer.exe", "shell:Downloads")])
def test_the_taskbar_stays(
    argv: Argv, desktop: WindowsDesktop, fake: FakeWindows, running: Callable[..., None]
) -> None:
    running("explorer.exe")
    outcome = desktop.close_app((argv,), ("资源管理器", "Explorer"))
    assert outcome == Outcome("unsupported", "explorer.exe")
    assert fake.ran == []


def test_a_new_folder_where_windows_keeps_the_desktop(
    desktop: WindowsDesktop, tmp_path: Path
) -> None:
    assert desktop.run_system("新建文件夹", "周报").code == "failed"
    (tmp_path / "OneDrive" / "桌面").mkdir(parents=True)
    assert desktop.run_system("新建文件夹", "周报").ok
    assert (tmp_path / "OneDrive" / "桌面" / "周报").is_dir()


def test_no_desktop_folder(fake: FakeWindows) -> None:
    def unknown() -> Path:
        raise OSError("SHGetKnownFolderPath: 0x80070002")

    desktop = WindowsDesktop({}, startfile=fake.startfile, user32=fake, desktop_folder=unknown)
    outcome = desktop.run_system("新建文件夹", None)
    assert outcome == Outcome("failed", "SHGetKnownFolderPath: 0x80070002")
