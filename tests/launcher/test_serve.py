from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.launcher.served import start_server, wait_for_health
from voice_assistant import ROOT
from voice_assistant.console import Console
from voice_assistant.errors import ModelError
from voice_assistant.launcher import serve as serve_module
from voice_assistant.launcher.arguments import parse_arguments
from voice_assistant.launcher.serve import prepare_model, serve
from voice_assistant.models.known import built_in
from voice_assistant.settings import Settings


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def run_to_end(folder: Path, *arguments: str, **settings: str) -> tuple[int, str]:
    with start_server(folder, *arguments, **settings) as process:
        output, _ = process.communicate(timeout=120)
    return process.returncode, output


def test_arguments_win_over_settings(tmp_path: Path) -> None:
    port = free_port()
    with start_server(tmp_path, "--port", str(port), port="1") as process:
        try:
            assert wait_for_health(port) == {"port": port}
        finally:
            process.kill()


def test_busy_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, output = run_to_end(tmp_path, port=str(port))
    assert code == 1
    assert f"Port {port} is used by another program" in output
    assert "python start.py --port" in output
    assert "Traceback" not in output
    assert "Memory" not in output  # said before anything slow


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"port": "many"}, "VOICE_PORT"),
        ({"host": "0.0.0.0"}, "VOICE_TOKEN"),
        ({"host": "203.0.113.1", "token": "x"}, "Cannot listen on 203.0.113.1"),
        ({"models_file": str(ROOT / "pyproject.toml")}, "only [[model]] tables are known"),
    ],
)
def test_settings_that_cannot_work(tmp_path: Path, settings: dict[str, str], said: str) -> None:
    code, output = run_to_end(tmp_path, **settings)
    assert code == 1
    assert said in output
    assert "Traceback" not in output


def test_application_that_does_not_start(tmp_path: Path) -> None:
    code, output = run_to_end(tmp_path, "refuse", port=str(free_port()))
    assert code == 1
    assert "refused to start" in output
    assert f"did not start; the reason is above and in the log {tmp_path / 'log'}" in output


def test_setup_does_not_serve(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        code, output = run_to_end(tmp_path, "setup", port=str(other.getsockname()[1]))
    assert code == 0
    assert "GPU" in output
    assert output.endswith("Run python start.py to serve.\n")


def test_setup_reads_every_file_of_the_model(tmp_path: Path, model_dir: Path) -> None:
    folder = tmp_path / "base"
    folder.mkdir()
    for file in (model_dir / "base").iterdir():
        (folder / file.name).symlink_to(file)
    settings = Settings(model_dir=tmp_path, model="base")
    prepare_model(settings, built_in(), verify=True)

    damaged = folder / "config.json"
    text = damaged.read_bytes()
    damaged.unlink()
    damaged.write_bytes(text.replace(b"0", b"1"))
    prepare_model(settings, built_in(), verify=False)  # sizes only: quick
    assert damaged.read_bytes() != text
    prepare_model(settings, built_in(), verify=True)
    assert damaged.read_bytes() == text


def test_a_damaged_package_is_installed_anew_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, verify: bool) -> None:
        raise ModelError("PACKAGE_DAMAGED", package="some_package")

    distrusted: list[bool] = []
    monkeypatch.setattr(serve_module, "prepare_model", refuse)
    monkeypatch.setattr(serve_module, "distrust_packages", lambda: distrusted.append(True))
    monkeypatch.setattr(serve_module, "probe_card", lambda *_, **__: None)
    monkeypatch.setenv("VOICE_LOG_FILE", str(tmp_path / "log"))
    assert serve(parse_arguments(["setup"]), Console("en")) == 1
    assert distrusted
    assert "some_package is damaged. Run python start.py again" in capsys.readouterr().err


def test_base_is_there_whatever_is_wanted(tmp_path: Path) -> None:
    prepare_model(Settings(model_dir=tmp_path, model="medium"), built_in(), verify=False)
    assert (tmp_path / "base" / "model.bin").exists()


def test_a_model_that_nobody_knows(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        prepare_model(Settings(model_dir=tmp_path, model="huge"), built_in(), verify=False)
    assert (caught.value.code, caught.value.params) == ("MODEL_MISSING", {"model": "huge"})


@pytest.mark.parametrize(("line", "download"), [([], "no"), (["--yes"], "yes")])
def test_yes_wins_over_the_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: list[str], download: str
) -> None:
    used: list[Settings] = []
    monkeypatch.setenv("VOICE_DOWNLOAD", "no")
    monkeypatch.setenv("VOICE_ENGINE", "fake")
    monkeypatch.setenv("VOICE_LOG_FILE", str(tmp_path / "log"))
    monkeypatch.setattr(
        "voice_assistant.launcher.serve._run_server", lambda settings, *_: used.append(settings)
    )
    port = ["--port", str(free_port())]
    assert serve(parse_arguments([*line, *port]), Console("en")) == 0
    assert [settings.download for settings in used] == [download]
