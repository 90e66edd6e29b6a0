from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from tests.support.tiny_project import STAGE_2_CODE, TinyProject
from voice_assistant.console import Console
from voice_assistant.errors import LaunchError
from voice_assistant.processes.lock import exclusive

STAGE_2 = "STAGE 2 serve hello"


def test_first_start_installs_and_goes_on(project: TinyProject) -> None:
    code, output = project.start()
    assert code == STAGE_2_CODE
    assert "[1/1] greeting" in output
    assert output.endswith(f"{STAGE_2} {project.venv}\n")
    assert output.isascii()  # no emoji, no colours: not a terminal
    assert "\x1b" not in output
    assert project.stamp.installed.keys() == {"requirements.txt"}
    assert not project.stamp.unfinished


def test_second_start_does_nothing(ready: TinyProject) -> None:
    shutil.rmtree(ready.site_packages / "pip")
    assert ready.start() == (STAGE_2_CODE, f"{STAGE_2} {ready.venv}\n")


def test_started_by_its_own_python(ready: TinyProject) -> None:
    assert not ready.environment.is_current()
    code, output = ready.start(python=ready.environment.python)
    assert (code, output) == (STAGE_2_CODE, f"{STAGE_2} {ready.venv}\n")


def test_changed_requirements_are_installed_on_top(ready: TinyProject) -> None:
    ready.requirements.write_text(ready.publish("greeting", "2.0", "bye"), encoding="utf-8")
    code, output = ready.start()
    assert code == STAGE_2_CODE
    assert "STAGE 2 serve bye" in output
    assert "unfinished" not in output


def test_unfinished_installation_starts_over(ready: TinyProject) -> None:
    ready.environment.distrust()
    (ready.site_packages / "half.py").touch()
    code, output = ready.start()
    assert code == STAGE_2_CODE
    assert "unfinished or is broken" in output
    assert not (ready.site_packages / "half.py").exists()


def test_broken_interpreter_is_replaced(ready: TinyProject) -> None:
    python = ready.environment.python
    python.unlink()
    python.touch()
    code, output = ready.start()
    assert code == STAGE_2_CODE
    assert "unfinished or is broken" in output


def test_interpreter_of_another_version_is_replaced(ready: TinyProject) -> None:
    replace(ready.stamp, interpreter="another", version="3.9").write(ready.venv)
    (ready.site_packages / "old.py").touch()
    code, _ = ready.start()
    assert code == STAGE_2_CODE
    assert not (ready.site_packages / "old.py").exists()


def test_updated_interpreter_of_the_same_version_is_kept(ready: TinyProject) -> None:
    good = ready.stamp
    replace(good, interpreter="another").write(ready.venv)
    assert ready.start() == (STAGE_2_CODE, f"{STAGE_2} {ready.venv}\n")
    assert ready.stamp == good


def test_environment_of_the_users_is_kept(ready: TinyProject) -> None:
    (ready.venv / "voice_assistant.json").unlink()
    (ready.site_packages / "theirs.py").touch()
    code, _ = ready.start()
    assert code == STAGE_2_CODE
    assert (ready.site_packages / "theirs.py").exists()


def test_missing_module_is_repaired_by_the_next_start(ready: TinyProject) -> None:
    (ready.site_packages / "greeting.py").unlink()
    code, output = ready.start()
    assert code == 1
    assert "no module greeting" in output
    assert "Traceback" not in output
    code, output = ready.start()
    assert code == STAGE_2_CODE
    assert STAGE_2 in output


@pytest.mark.parametrize(
    ("line", "changes", "said"),
    [
        (
            "greeting==2.0",
            {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0"},
            "index is out of reach",
        ),
        ("greeting==2.0 --hash=sha256:" + "0" * 64, {}, "does not match its pinned hash"),
    ],
    ids=["network", "hash"],
)
def test_failed_installation_says_why_and_can_be_continued(
    ready: TinyProject, line: str, changes: dict[str, str], said: str
) -> None:
    good = ready.publish("greeting", "2.0", "bye")
    ready.requirements.write_text(line, encoding="utf-8")
    if "PIP_INDEX_URL" in changes:
        changes = {**changes, "PIP_FIND_LINKS": ""}
    code, output = ready.start(**changes)
    assert code == 1
    assert said in output
    assert "Traceback" not in output
    log = ready.venv / "install.log"
    assert str(log) in output
    assert "greeting==2.0" in log.read_text(encoding="utf-8")

    ready.requirements.write_text(good, encoding="utf-8")
    code, output = ready.start()
    assert code == STAGE_2_CODE
    assert "STAGE 2 serve bye" in output


def test_further_requirements_join_the_first(
    ready: TinyProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ready.pip_variables().items():
        monkeypatch.setenv(name, value)
    line = ready.publish("checking", "1.0", "check")
    (ready.root / "requirements-dev.txt").write_text(line, encoding="utf-8")
    files, console = ["requirements.txt", "requirements-dev.txt"], Console("en")
    assert ready.environment.prepare(files, console)
    assert (ready.site_packages / "checking.py").exists()
    assert not ready.environment.prepare(files, console)
    assert not ready.environment.prepare(files[:1], console)


def test_too_little_disk_space(ready: TinyProject, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(ready.root)._replace(free=10**6)
    monkeypatch.setattr(
        "voice_assistant.installation.environment.shutil.disk_usage", lambda _: usage
    )
    ready.requirements.write_text(ready.publish("greeting", "2.0", "bye"), encoding="utf-8")
    with pytest.raises(LaunchError) as caught:
        ready.environment.prepare(["requirements.txt"], Console("en"))
    assert caught.value.code == "DISK_FULL"
    assert caught.value.params["need_mb"] == 1000
    assert not ready.stamp.unfinished


def test_folder_that_cannot_be_made(project: TinyProject) -> None:
    project.venv.touch()
    code, output = project.start()
    assert code == 1
    assert "cannot be prepared" in output
    assert "Traceback" not in output


def test_second_launcher_waits_for_the_first(ready: TinyProject) -> None:
    (ready.venv / "voice_assistant.json").unlink()
    with exclusive(ready.venv / "install.lock", on_wait=lambda: None):
        second = ready.popen()
        assert second.stdout is not None
        assert "waiting" in second.stdout.readline()
        assert not (ready.venv / "voice_assistant.json").exists()
    with second:
        output, _ = second.communicate(timeout=300)
    assert second.returncode == STAGE_2_CODE
    assert STAGE_2 in output


def test_what_the_other_launcher_installed_is_not_installed_again(ready: TinyProject) -> None:
    stamp = ready.stamp
    (ready.venv / "voice_assistant.json").unlink()
    with exclusive(ready.venv / "install.lock", on_wait=lambda: None):
        second = ready.popen()
        assert second.stdout is not None
        assert "waiting" in second.stdout.readline()
        shutil.rmtree(ready.site_packages / "pip")
        stamp.write(ready.venv)
    with second:
        output, _ = second.communicate(timeout=300)
    assert (second.returncode, output) == (STAGE_2_CODE, f"{STAGE_2} {ready.venv}\n")
