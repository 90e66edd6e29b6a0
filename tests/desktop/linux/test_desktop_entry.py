from __future__ import annotations

from pathlib import Path

import pytest

from voice_assistant.desktop.linux.desktop_entry import fold_name, read_desktop_entry


def write(folder: Path, *lines: str) -> Path:
    path = folder / "app.desktop"
    text = "\n".join(["[Desktop Entry]", "Type=Application", "Name=App", *lines])
    path.write_text(text, encoding="utf-8")
    return path


def argv(folder: Path, line: str) -> tuple[str, ...]:
    return read_desktop_entry(write(folder, "Icon=app-icon", f"Exec={line}")).argv


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("galculator", ["galculator"]),
        ("app  --new   window ", ["app", "--new", "window"]),
        ("app %f %F %u %U", ["app"]),
        ("app %d %D %n %N %v %m --last", ["app", "--last"]),
        ("app --file=%f 100%%", ["app", "--file=", "100%"]),
        ("app %i", ["app", "--icon", "app-icon"]),
        ('app --title "%c"', ["app", "--title", "App"]),
        ('"/opt/My App/app" "two words"', ["/opt/My App/app", "two words"]),
        (r'app "a \\"quoted\\" word" "\\$HOME" "\\`id\\`" "back\\\\slash"',
         ["app", 'a "quoted" word', "$HOME", "`id`", "back\\slash"]),
        ('app ""', ["app", ""]),
        ('env PREFIX="/home/li/a b" wine', ["env", "PREFIX=/home/li/a b", "wine"]),
        ("sh -c 'echo one; echo two'", ["sh", "-c", "echo one; echo two"]),
        (r"app two\\ words", ["app", "two words"]),
        ("app ; touch x", ["app", ";", "touch", "x"]),
        (r"app\sarg", ["app", "arg"]),
    ],
)  # fmt: skip
def test_exec_lines(line: str, expected: list[str], tmp_path: Path) -> None:
    assert argv(tmp_path, line) == tuple(expected)


def test_the_place_of_the_file(tmp_path: Path) -> None:
    assert argv(tmp_path, "app %k") == ("app", str(tmp_path / "app.desktop"))


@pytest.mark.parametrize("line", ["", "%f", 'app "open', "app 'open", "app \\"])
def test_broken_exec_lines(line: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"quote|execute"):
        argv(tmp_path, line)


def test_names_in_every_language(tmp_path: Path) -> None:
    entry = read_desktop_entry(
        write(
            tmp_path,
            "Name[zh_CN]=计 算 器",
            "Name[de]=Taschenrechner",
            "GenericName=Calculator",
            "GenericName[zh_CN]=计算工具",
            "Exec=app",
        )
    )
    assert entry.names == {"app", "计算器", "taschenrechner"}
    assert entry.generic_names == {"calculator", "计算工具"}


def test_only_the_main_group_counts(tmp_path: Path) -> None:
    entry = read_desktop_entry(
        write(
            tmp_path,
            "# Exec=commented",
            "Exec = app",
            "",
            "[Desktop Action new]",
            "Name=New window",
            "Exec=other",
        )
    )
    assert entry.argv == ("app",)
    assert entry.names == {"app"}


def test_the_other_keys(tmp_path: Path) -> None:
    entry = read_desktop_entry(
        write(tmp_path, "Exec=app", "TryExec=/opt/app", "Path=/opt", "Terminal=true")
    )
    assert (entry.try_exec, entry.cwd, entry.terminal) == ("/opt/app", Path("/opt"), True)
    assert entry.shown


@pytest.mark.parametrize("line", ["Hidden=true", "NoDisplay=true", "Type=Link", "Type=Directory"])
def test_what_menus_do_not_show(line: str, tmp_path: Path) -> None:
    assert not read_desktop_entry(write(tmp_path, "Exec=app", line)).shown


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00", b"[Other]\nName=x\n", b"[Desktop Entry]\nType=Application\nnonsense\n"],
)
def test_broken_files(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "app.desktop"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"group|codec"):
        read_desktop_entry(path)


def test_fold() -> None:
    assert fold_name(" Visual Studio　Code ") == fold_name("visualstudiocode")
