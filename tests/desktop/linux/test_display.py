from __future__ import annotations

import socket
from pathlib import Path

import pytest

from voice_assistant.desktop.linux.display import display_problem


def listening(path: Path, backlog: int = 5) -> socket.socket:
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(path))
    server.listen(backlog)
    return server


@pytest.mark.parametrize("environ", [{}, {"DISPLAY": "", "WAYLAND_DISPLAY": ""}])
def test_no_session_has_no_display(environ: dict[str, str]) -> None:
    assert display_problem(environ) == "neither WAYLAND_DISPLAY nor DISPLAY is set"


def test_an_x_server_that_answers_is_a_display(x_display: str) -> None:
    for display in (x_display, f"{x_display}.0", f"unix{x_display}", f"box/unix{x_display}"):
        assert display_problem({"DISPLAY": display}) is None


@pytest.mark.parametrize("display", [":64999", ":64999.0", "nonsense", ":", ":x"])
def test_an_x_server_that_does_not_answer_is_none(display: str) -> None:
    assert display_problem({"DISPLAY": display}) == f"DISPLAY={display}: no answer"


@pytest.mark.parametrize("display", ["localhost:10.0", "192.0.2.1:0"])
def test_a_display_elsewhere_is_taken_as_it_is(display: str) -> None:
    assert display_problem({"DISPLAY": display}) is None


def test_a_wayland_server_that_answers_is_a_display(tmp_path: Path) -> None:
    with listening(tmp_path / "wayland-0"):
        runtime_dir = str(tmp_path)
        assert not display_problem({"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": runtime_dir})
        assert not display_problem({"WAYLAND_DISPLAY": f"{runtime_dir}/wayland-0"})


def test_a_socket_that_outlived_its_server_is_none(tmp_path: Path) -> None:
    listening(tmp_path / "wayland-0").close()
    environ = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert display_problem(environ) == "WAYLAND_DISPLAY=wayland-0: no answer"


def test_wayland_without_its_folder_is_none() -> None:
    assert display_problem({"WAYLAND_DISPLAY": "wayland-0"})


def test_x_counts_when_wayland_is_gone(x_display: str, tmp_path: Path) -> None:
    environ = {
        "WAYLAND_DISPLAY": "wayland-0",
        "XDG_RUNTIME_DIR": str(tmp_path),
        "DISPLAY": x_display,
    }
    assert display_problem(environ) is None


def test_a_busy_server_is_not_a_dead_one(tmp_path: Path) -> None:
    path = tmp_path / "wayland-0"
    with listening(path, backlog=0), socket.socket(socket.AF_UNIX) as waiting:
        waiting.connect(str(path))
        assert display_problem({"WAYLAND_DISPLAY": str(path)}) is None
