"""Make or repair the virtual environment beside `start.py`, or find it in order."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from voice_assistant import ROOT
from voice_assistant.console import Console
from voice_assistant.errors import LaunchError
from voice_assistant.installation.diagnosis import explain
from voice_assistant.installation.pip import install_requirements
from voice_assistant.installation.stamp import Stamp, digest, fingerprint, read_stamp
from voice_assistant.processes.lock import exclusive

OLDEST = (3, 10)
"""The oldest Python that the service runs on."""

NEEDED_MB = {
    "requirements.txt": 1000,
    "requirements-dev.txt": 600,
    "requirements-torch.txt": 1200,
}
"""Disk space to install each file, in MB: what is installed (540 on Linux for the first) and the
downloads beside it."""

LOCK = "install.lock"
"""The file in `.venv` whose lock a launcher holds while it installs."""

_LOG = "install.log"
# Python starts in a fraction of a second, unless the disk is busy or scanned for viruses.
_PROBE_S = 60


class Environment:
    """Prepare the virtual environment of one checkout.

    Args:
        root: the folder of the checkout.

    Attributes:
        root: the same.
        python: the environment's interpreter, which may not exist yet.
        packages: where its packages are, if it is of this process's version.
    """

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.folder = root / ".venv"
        scripts = ("Scripts", "python.exe") if sys.platform == "win32" else ("bin", "python")
        self.python = self.folder.joinpath(*scripts)
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        library = ("Lib",) if sys.platform == "win32" else ("lib", version)
        self.packages = self.folder.joinpath(*library, "site-packages")

    def is_ready(self, files: Sequence[str]) -> bool:
        """Return whether the requirements `files` are installed as they are now; runs nothing."""
        stamp = read_stamp(self.folder)
        return (
            stamp is not None
            and not stamp.unfinished
            and stamp.interpreter == fingerprint(self.python) != ""
            and all(stamp.installed.get(name) == digest(self.root / name) for name in files)
        )

    def is_current(self) -> bool:
        """Return whether this process runs in the environment."""
        folder = Path(sys.executable).parent
        return self.python.exists() and os.path.samefile(folder, self.python.parent)

    def prepare(self, files: Sequence[str], console: Console) -> bool:
        """Install the requirements `files`, and return whether there was anything to do.

        Raises:
            LaunchError: it cannot be done; running it again continues.
        """
        try:
            if self.is_ready(files):
                return False
            self.folder.mkdir(exist_ok=True)
            with exclusive(
                self.folder / LOCK, lambda: console.show("warning", "launcher.waiting")
            ) as lock:
                if not self.is_ready(files):  # the launcher waited for may have done it
                    self._install(files, console, lock)
        except OSError as error:
            raise LaunchError("launcher.folder_error", folder=self.folder, detail=error) from error
        return True

    def distrust(self) -> None:
        """Have the next start build the environment anew: it is not as the note says."""
        stamp = read_stamp(self.folder) or Stamp()
        replace(stamp, unfinished=True).write(self.folder)

    def rerun(self) -> int:
        """Run this command line again with the environment's interpreter, in place of this process.

        Windows has no such thing: there the new process is waited for, and its exit code returned.
        """
        command = [str(self.python), *sys.orig_argv[1:]]
        if sys.platform != "win32":
            os.execv(self.python, command)  # noqa: S606 - no shell is meant
        process = subprocess.Popen(command)
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # the console sent it to both; the other one says goodbye
                continue

    def _install(self, files: Sequence[str], console: Console, lock: int) -> None:
        digests = {name: digest(self.root / name) for name in files}
        stamp = read_stamp(self.folder) or Stamp()
        version = self._version()
        if stamp.unfinished or version is None or stamp.version not in ("", version):
            self._clear(console)
            stamp, version = Stamp(), None
        missing = [name for name in files if stamp.installed.get(name) != digests[name]]
        self._require_space(missing)
        replace(stamp, unfinished=True).write(self.folder)
        log = self.folder / _LOG
        log.unlink(missing_ok=True)
        if version is None:
            console.show("section", "launcher.creating", folder=self.folder)
            self._create(log)
            version = self._version()
        for name in missing:
            console.show("section", "launcher.installing", file=name)
            install_requirements(self.python, self.root / name, log, console, lock)
            console.show("good", "launcher.installed", file=name)
        replace(
            stamp,
            interpreter=fingerprint(self.python),
            version=version or "",
            installed={**stamp.installed, **digests},
        ).write(self.folder)

    def _version(self) -> str | None:
        """Return the version of the interpreter, as `3.11`; `None` if it or pip does not work."""
        code = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
        try:
            result = subprocess.run(
                [str(self.python), "-c", code],
                capture_output=True,
                text=True,
                timeout=_PROBE_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        version = result.stdout.strip()
        if result.returncode != 0 or tuple(map(int, version.split("."))) < OLDEST:
            return None
        return version

    def _clear(self, console: Console) -> None:
        """Empty the folder, but for the lock that this process holds."""
        leftovers = [path for path in self.folder.iterdir() if path.name != LOCK]
        if leftovers:
            console.show("warning", "launcher.rebuilding", folder=self.folder)
        for path in leftovers:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    def _require_space(self, files: Sequence[str]) -> None:
        need_mb = sum(NEEDED_MB.get(name, 0) for name in files)
        if shutil.disk_usage(self.folder).free < need_mb * 1e6:
            raise LaunchError("DISK_FULL", folder=self.folder, need_mb=need_mb)

    def _create(self, log: Path) -> None:
        # The system's Python, not this one: this one may be the environment that is being replaced.
        base = getattr(sys, "_base_executable", sys.executable)
        result = subprocess.run(
            [base, "-m", "venv", str(self.folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        log.write_text(result.stdout, encoding="utf-8")
        if result.returncode != 0:
            raise explain(result.stdout.splitlines(keepends=True), log)


def distrust_packages() -> None:
    """Have the next start install the packages anew, if this process has them from `.venv`."""
    environment = Environment()
    if environment.is_current():
        environment.distrust()
