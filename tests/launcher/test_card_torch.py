from __future__ import annotations

import shutil
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.tiny_project import TinyProject, make_wheel
from voice_assistant.console import Console
from voice_assistant.installation.pip import run_pip
from voice_assistant.installation.stamp import BEGUN
from voice_assistant.launcher.card_torch import CardTorch
from voice_assistant.machine.card import Card, Driver
from voice_assistant.machine.installed_torch import find_installed
from voice_assistant.processes.lock import exclusive
from voice_assistant.settings import Settings

RTX_4080 = Card("RTX 4080", 16 * 10**9, 0, 16 * 10**9, {}, (8, 9))
GTX_1060 = Card("GTX 1060", 6 * 10**9, 0, 6 * 10**9, {}, (6, 1))
NEW = Driver("580.95.05", "13.0")
WORKS = "def zeros(*_, **__): ...\n"
FAILS = "def zeros(*_, **__): raise RuntimeError('CUDA driver initialization failed')\n"


@pytest.fixture
def tiny(ready: TinyProject, monkeypatch: pytest.MonkeyPatch) -> TinyProject:
    """A checkout that was started before; pip finds packages in a folder, and torch nowhere."""
    for name, value in ready.pip_variables().items():
        monkeypatch.setenv(name, value)
    return ready


def torch_wheel(folder: Path, version: str, cuda: str | None, body: str = WORKS) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    facts = f"__version__ = '{version}'\ncuda: Optional[str] = {cuda!r}\n"
    modules = {
        "torch/__init__.py": f"from . import version\n__version__ = {version!r}\n{body}",
        "torch/version.py": f"from typing import Optional\n{facts}",
    }
    make_wheel(folder, "torch", version, modules)


def places(tiny: TinyProject) -> Path:
    """The user's own place for builds."""
    return tiny.root.parent / "whl"


def install(
    tiny: TinyProject,
    card: Card = GTX_1060,
    driver: Driver = NEW,
    *,
    again: bool = False,
    stopping: bool = False,
    **settings: Any,
) -> bool:
    chosen = Settings(torch_index=str(places(tiny)), **settings)
    torch = CardTorch(tiny.environment, chosen, Console("en"), lambda: stopping)
    return torch.install(card, driver, again=again)


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voice_assistant.launcher.torch_sources.OFFICIAL", "")
    monkeypatch.setattr("voice_assistant.launcher.torch_sources.MIRROR", "")


def cuda_of(tiny: TinyProject) -> str | None:
    found = find_installed(tiny.environment.packages)
    return found.cuda if found else None


def test_installed_once(tiny: TinyProject, capsys: pytest.CaptureFixture[str]) -> None:
    torch_wheel(places(tiny) / "cu126", "2.13.0+cu126", "12.6")
    assert install(tiny)
    assert cuda_of(tiny) == "12.6"
    assert (tiny.stamp.torch, tiny.stamp.unfinished) == ("", False)
    output = capsys.readouterr().out
    assert "Installing torch==2.13.0+cu126 for the graphics card from" in output
    assert "is installed and works" in output
    assert not install(tiny)
    assert capsys.readouterr().out == ""
    assert tiny.environment.is_ready(["requirements.txt"])


@pytest.mark.skipif(sys.platform != "linux", reason="only there PyPI has a build for cards")
def test_on_linux_pip_s_own_index_has_it(tiny: TinyProject) -> None:
    torch_wheel(tiny.wheels, "2.13.0", "13.0")
    assert install(tiny, RTX_4080)
    assert cuda_of(tiny) == "13.0"


def install_for_cpus(tiny: TinyProject) -> None:
    """As who followed the common advice, or ran the tests before there was a card."""
    folder = tiny.root.parent / "cpu"
    torch_wheel(folder, "2.13.0+cpu", None)
    (wheel,) = folder.iterdir()
    with exclusive(tiny.venv / "install.lock", lambda: None) as lock:
        run_pip(tiny.environment.python, [str(wheel)], tiny.venv / "x", Console("en"), lock)
    assert cuda_of(tiny) == ""


def test_a_build_for_cpus_is_replaced(tiny: TinyProject) -> None:
    install_for_cpus(tiny)
    torch_wheel(places(tiny) / "cu126", "2.13.0+cu126", "12.6")
    assert install(tiny)
    assert cuda_of(tiny) == "12.6"
    found = tiny.environment.packages.glob("torch-*")
    assert [path.name for path in found] == ["torch-2.13.0+cu126.dist-info"]


@pytest.mark.skipif(sys.platform != "linux", reason="only there PyPI has a build for cards")
def test_a_build_for_cpus_is_replaced_though_pip_takes_it_for_the_same(tiny: TinyProject) -> None:
    install_for_cpus(tiny)
    torch_wheel(tiny.wheels, "2.13.0", "13.0")
    assert install(tiny, RTX_4080)
    assert cuda_of(tiny) == "13.0"


def test_the_next_place_is_tried(tiny: TinyProject, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror = tiny.root.parent / "mirror"
    monkeypatch.setattr("voice_assistant.launcher.torch_sources.MIRROR", str(mirror))
    torch_wheel(mirror / "cu126", "2.13.0+cu126", "12.6")
    assert install(tiny)
    assert cuda_of(tiny) == "12.6"


def test_a_failure_is_said_and_not_repeated(
    tiny: TinyProject, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not install(tiny)
    assert "python start.py setup tries again" in capsys.readouterr().out
    assert tiny.stamp.torch.startswith("torch==2.13.0+cu126, driver 580.95.05")
    assert tiny.environment.is_ready(["requirements.txt"])  # the service can run

    torch_wheel(places(tiny) / "cu126", "2.13.0+cu126", "12.6")
    assert not install(tiny)
    assert "could not be installed last time" in capsys.readouterr().out
    assert cuda_of(tiny) is None
    assert install(tiny, again=True)
    assert tiny.stamp.torch == ""


def test_another_driver_is_another_try(tiny: TinyProject) -> None:
    assert not install(tiny)
    torch_wheel(places(tiny) / "cu126", "2.13.0+cu126", "12.6")
    assert install(tiny, driver=Driver("581.1", "13.0"))


def test_half_of_it_is_replaced(tiny: TinyProject) -> None:
    """A launcher was killed while pip wrote: nothing is listed, and the module is broken."""
    torch_wheel(places(tiny) / "cu126", "2.13.0+cu126", "12.6")
    assert install(tiny)
    packages = tiny.environment.packages
    (packages / "torch-2.13.0+cu126.dist-info" / "RECORD").unlink()
    (packages / "torch" / "__init__.py").write_text("def zeros(", encoding="utf-8")
    torch = CardTorch(tiny.environment, Settings(), Console("en"))
    torch._note(BEGUN)
    assert install(tiny)
    assert (packages / "torch-2.13.0+cu126.dist-info" / "RECORD").exists()
    assert tiny.stamp.torch == ""


def test_what_works_after_all_is_believed(tiny: TinyProject) -> None:
    """Killed after pip had ended: nothing is fetched again."""
    torch_wheel(places(tiny) / "cu126", "2.13.0+cu126", "12.6")
    assert install(tiny)
    CardTorch(tiny.environment, Settings(), Console("en"))._note(BEGUN)
    shutil.rmtree(places(tiny))
    assert not install(tiny)
    assert tiny.stamp.torch == ""


def test_torch_that_cannot_use_the_card(
    tiny: TinyProject, capsys: pytest.CaptureFixture[str]
) -> None:
    torch_wheel(places(tiny) / "cu126", "2.13.0+cu126", "12.6", FAILS)
    assert not install(tiny)
    output = capsys.readouterr().out
    assert "cannot use it: RuntimeError: CUDA driver initialization failed" in output


@pytest.mark.skipif(sys.platform != "linux", reason="only there PyPI has a build for cards")
def test_a_build_for_cpus_under_the_same_name(
    tiny: TinyProject, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is not fetched at every start."""
    torch_wheel(tiny.wheels, "2.13.0+cpu", None)
    assert not install(tiny, RTX_4080)
    assert "(2.13.0+cpu) is for CPUs only" in capsys.readouterr().out
    assert not install(tiny, RTX_4080)
    assert "could not be installed last time" in capsys.readouterr().out


def test_too_little_disk_space(
    tiny: TinyProject, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    usage = shutil.disk_usage(tiny.root)._replace(free=6 * 10**9)
    monkeypatch.setattr("voice_assistant.launcher.card_torch.shutil.disk_usage", lambda _: usage)
    torch_wheel(places(tiny) / "cu126", "2.13.0+cu126", "12.6")
    assert not install(tiny)
    assert "needs about 7500 MB" in capsys.readouterr().out
    assert (cuda_of(tiny), tiny.stamp.torch) == (None, "")  # the next start looks again


@pytest.mark.parametrize(
    ("card", "driver", "said"),
    [
        (RTX_4080, Driver("470.1", "11.4"), "driver 470.1 is too old"),
        (Card("GTX 780", 1, 0, 1, {}, (3, 5)), NEW, "GTX 780 (compute capability 3.5) is older"),
    ],
)
def test_what_no_build_runs_on(
    tiny: TinyProject, capsys: pytest.CaptureFixture[str], card: Card, driver: Driver, said: str
) -> None:
    assert not install(tiny, card, driver)
    assert said in capsys.readouterr().out


@pytest.mark.parametrize("setting", [{"device": "cpu"}, {"engine": "ctranslate2"}])
def test_who_wants_no_card_gets_no_torch(tiny: TinyProject, setting: dict[str, Any]) -> None:
    torch_wheel(places(tiny) / "cu126", "2.13.0+cu126", "12.6")
    assert not Settings(**setting).wants_card
    assert not install(tiny, **setting)
    assert cuda_of(tiny) is None


def test_stopped_by_the_server_s_end(tiny: TinyProject, capsys: pytest.CaptureFixture[str]) -> None:
    torch_wheel(places(tiny) / "cu126", "2.13.0+cu126", "12.6")
    assert not install(tiny, stopping=True)
    assert "could not be" not in capsys.readouterr().out
    assert tiny.stamp.torch == BEGUN  # the next start goes on
    assert install(tiny)


def signal_pip(index: socket.socket, number: int, ended: threading.Event) -> None:
    """Wait until pip asks the index, which never answers, and end it."""
    with index.accept()[0]:
        (pip,) = (each for each in psutil.Process().children() if "pip" in each.cmdline())
        pip.send_signal(number)
        ended.wait(60)


if sys.platform != "win32":  # where no signal reaches another process alone

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_what_ends_pip_before_the_server_ends_is_no_failure(
        tiny: TinyProject,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        number: signal.Signals,
    ) -> None:
        """Ctrl-C, `systemctl stop` and a closed terminal reach pip, too, and end it at once."""
        monkeypatch.setenv("PIP_NO_INDEX", "0")
        with socket.create_server(("127.0.0.1", 0)) as index:
            index.settimeout(60)
            ended = threading.Event()
            thread = threading.Thread(target=signal_pip, args=(index, number, ended))
            thread.start()
            place = f"http://127.0.0.1:{index.getsockname()[1]}"
            settings = Settings(torch_index=place)
            torch = CardTorch(tiny.environment, settings, Console("en"), lambda: False)
            assert not torch.install(GTX_1060, NEW, again=False)
            ended.set()
            thread.join()
        assert "could not be" not in capsys.readouterr().out
        assert tiny.stamp.torch == BEGUN  # the next start goes on
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        torch_wheel(places(tiny) / "cu126", "2.13.0+cu126", "12.6")
        assert install(tiny)
