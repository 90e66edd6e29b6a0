"""A checkout with the real stage 1, a small stage 2, and packages that come from a folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from voice_assistant import ROOT
from voice_assistant.installation.environment import Environment
from voice_assistant.installation.stamp import Stamp, read_stamp

STAGE_2_CODE = 7
"""Exit code of the small stage 2, to see that it comes through."""

_STAGE_2 = f"""
import sys


def serve(arguments, console):
    import greeting

    console.write("plain", f"STAGE 2 {{arguments.command}} {{greeting.WORD}} {{sys.prefix}}")
    return {STAGE_2_CODE}
"""


@dataclass(frozen=True)
class TinyProject:
    """The checkout in `root`; `wheels` is where pip finds packages."""

    root: Path
    wheels: Path

    @property
    def environment(self) -> Environment:
        return Environment(self.root)

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def requirements(self) -> Path:
        return self.root / "requirements.txt"

    @property
    def stamp(self) -> Stamp:
        stamp = read_stamp(self.venv)
        assert stamp is not None
        return stamp

    @property
    def site_packages(self) -> Path:
        (found,) = self.venv.glob(
            "Lib/site-packages" if sys.platform == "win32" else "lib/python*/site-packages"
        )
        return found

    def publish(self, name: str, version: str, word: str) -> str:
        """Add a package with one module, whose `WORD` is `word`; its line in a lock file."""
        wheel = make_wheel(self.wheels, name, version, {f"{name}.py": f"WORD = {word!r}\n"})
        return f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"

    def pip_variables(self) -> dict[str, str]:
        """What keeps pip off the network and out of the user's configuration and cache."""
        return {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.wheels),
            "PIP_NO_CACHE_DIR": "1",
        }

    def variables(self, **changes: str) -> dict[str, str]:
        """The environment variables to start it with."""
        foreign = ("PIP_", "VOICE_", "LC_")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
        return {**kept, "LANG": "en", "PYTHONUTF8": "1", **self.pip_variables(), **changes}

    def popen(
        self, *arguments: str, python: Path | str = sys.executable, **changes: str
    ) -> subprocess.Popen[str]:
        """Run `start.py`."""
        return subprocess.Popen(
            [str(python), "start.py", *arguments],
            cwd=self.root,
            env=self.variables(**changes),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )

    def start(
        self, *arguments: str, python: Path | str = sys.executable, **changes: str
    ) -> tuple[int, str]:
        """Run `start.py` to its end; its exit code and what it wrote."""
        with self.popen(*arguments, python=python, **changes) as process:
            output, _ = process.communicate(timeout=300)
        return process.returncode, output


def make_wheel(folder: Path, name: str, version: str, modules: dict[str, str]) -> Path:
    """A package in `folder`, of modules given by their paths."""
    info = f"{name}-{version}.dist-info"
    texts = {
        **modules,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in texts.items():
            archive.writestr(path, text)
        record = "".join(f"{path},,\n" for path in [*texts, f"{info}/RECORD"])
        archive.writestr(f"{info}/RECORD", record)
    return wheel


def make_project(folder: Path) -> TinyProject:
    """A checkout in `folder` that needs one package, `greeting` 1.0."""
    project = TinyProject(folder / "project", folder / "wheels")
    package = project.root / "voice_assistant"
    package.mkdir(parents=True)
    project.wheels.mkdir()
    shutil.copy(ROOT / "start.py", project.root)
    for name in ("__init__.py", "console.py", "errors.py", "messages.py"):
        shutil.copy(ROOT / "voice_assistant" / name, package)
    for name in ("installation", "launcher", "locales", "processes"):
        shutil.copytree(ROOT / "voice_assistant" / name, package / name)
    (package / "launcher" / "serve.py").write_text(_STAGE_2, encoding="utf-8")
    project.requirements.write_text(project.publish("greeting", "1.0", "hello"), encoding="utf-8")
    return project


@pytest.fixture
def project(tmp_path: Path) -> TinyProject:
    return make_project(tmp_path)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> TinyProject:
    """Started once, and only to be copied: making an environment takes seconds."""
    project = make_project(tmp_path_factory.mktemp("installed"))
    code, output = project.start()
    assert code == STAGE_2_CODE, output
    return project


@pytest.fixture
def ready(installed: TinyProject, tmp_path: Path) -> TinyProject:
    """A checkout that was started before."""
    copy = TinyProject(tmp_path / "project", tmp_path / "wheels")
    shutil.copytree(installed.root, copy.root, symlinks=True)
    shutil.copytree(installed.wheels, copy.wheels)
    return copy
