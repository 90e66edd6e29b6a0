"""Install torch for the graphics card into `.venv`, where there is a card and it is missing.

Nothing depends on it: without torch the service recognises on the CPU. So nothing here ends the
launcher, and what failed is not tried again until something changes or `start.py setup` asks.
"""

from __future__ import annotations

import importlib
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace

from voice_assistant.console import Console
from voice_assistant.errors import LaunchError
from voice_assistant.installation.environment import LOCK, Environment
from voice_assistant.installation.pip import run_pip
from voice_assistant.installation.stamp import BEGUN, Stamp, read_stamp
from voice_assistant.launcher.torch_sources import sources
from voice_assistant.machine.card import Card, Driver
from voice_assistant.machine.installed_torch import find_installed, serves
from voice_assistant.machine.torch_builds import (
    DOWNLOAD_MB,
    NEEDED_MB,
    Build,
    find_build,
    needed_driver,
)
from voice_assistant.messages import megabytes, say
from voice_assistant.processes.lock import exclusive
from voice_assistant.settings import Settings

_LOG = "torch.log"
# The first use of CUDA after an installation reads gigabytes.
_TRIAL_S = 180
_TRIAL = "import torch; assert torch.version.cuda, torch.__version__; torch.zeros(1, device='cuda')"
# Retries would only delay the next source.
_PATIENCE = ("--retries", "2", "--timeout", "20")


class CardTorch:
    """Installs torch for a card.

    Args:
        environment: where to.
        settings: whether, and where from.
        console: where it is said.
        stopping: asked every second; the installation ends once it says so, and the next start
            goes on.
    """

    def __init__(
        self,
        environment: Environment,
        settings: Settings,
        console: Console,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._environment = environment
        self._settings = settings
        self._console = console
        self._stopping = stopping

    def install(self, card: Card, driver: Driver, *, again: bool) -> bool:
        """Install it unless it is there or cannot be used, and return whether that was done now.

        Args:
            card: that is to be used.
            driver: of it.
            again: whether to try what failed before.
        """
        if not self._settings.wants_card or self._is_there(card, driver):
            return False
        build = find_build(card, driver)
        if build is None:
            self._show_no_build(card, driver)
            return False
        attempt = f"{build.requirement()}, driver {driver.version}, {card.name}"
        if self._stamp().torch == attempt and not again:
            self._console.show("warning", "launcher.torch_gave_up")
            return False
        try:
            with exclusive(
                self._environment.folder / LOCK,
                lambda: self._console.show("warning", "launcher.waiting"),
            ) as lock:
                if self._is_there(card, driver):  # another launcher has done it meanwhile
                    return False
                if not self._install(build, attempt, lock):
                    return False
                return self._works(card, driver, build, attempt)
        except OSError as error:
            folder = self._environment.folder
            self._console.show("warning", "launcher.folder_error", folder=folder, detail=error)
            return False

    def _stamp(self) -> Stamp:
        return read_stamp(self._environment.folder) or Stamp()

    def _note(self, torch: str) -> None:
        replace(self._stamp(), torch=torch).write(self._environment.folder)

    def _is_there(self, card: Card, driver: Driver) -> bool:
        """Return whether torch is there in full; it is tried if that is in doubt."""
        if not serves(find_installed(self._environment.packages), card, driver):
            return False
        if not self._stamp().torch:
            return True
        if self._trouble():
            return False
        self._note("")
        return True

    def _show_no_build(self, card: Card, driver: Driver) -> None:
        needed = needed_driver(card)
        if needed is None:
            capability = "{}.{}".format(*card.capability)
            self._console.show("warning", "gpu.card_too_old", name=card.name, capability=capability)
        else:
            self._console.show(
                "warning", "gpu.driver_too_old", version=driver.version, needed=needed
            )

    def _install(self, build: Build, attempt: str, lock: int) -> bool:
        folder = self._environment.folder
        free = shutil.disk_usage(folder).free
        if megabytes(free) < NEEDED_MB:
            self._console.show(
                "warning",
                "launcher.torch_disk",
                folder=folder,
                need_mb=NEEDED_MB,
                free_mb=round(megabytes(free)),
            )
            return False
        log = folder / _LOG
        log.unlink(missing_ok=True)
        self._forget_halves()
        self._note(BEGUN)
        try:
            self._fetch(build, lock)
        except LaunchError as problem:
            # Ctrl-C may have ended pip before it has ended the server.
            if self._stopping() or problem.code == "launcher.interrupted":
                return False
            self._note(attempt)
            reason = say(problem.code, self._console.language, **problem.params)
            self._console.show("warning", "launcher.torch_failed", reason=reason)
            return False
        return True

    def _works(self, card: Card, driver: Driver, build: Build, attempt: str) -> bool:
        """Return, and say, whether what has been installed can use the card."""
        importlib.invalidate_caches()  # the service asks for torch, and may have missed it before
        installed = find_installed(self._environment.packages)
        trouble = self._trouble()
        self._note("" if serves(installed, card, driver) else attempt)
        if not trouble:
            self._console.show("good", "launcher.torch_installed")
        elif installed is not None and not installed.cuda:
            # Pip's own settings may name a place where the same version is a build for CPUs.
            version, needed = installed.version, build.requirement()
            self._console.show("warning", "gpu.torch_for_cpus", version=version, build=needed)
        else:
            self._console.show("warning", "launcher.torch_unusable", detail=trouble)
        return not trouble

    def _forget_halves(self) -> None:
        """Have pip write again what it was killed at: it lists a package's files at the end."""
        for info in self._environment.packages.glob("*.dist-info"):
            if not (info / "RECORD").exists():
                shutil.rmtree(info)

    def _fetch(self, build: Build, lock: int) -> None:
        """Have pip install a build from the first source that has it.

        Raises:
            LaunchError: none has, or it cannot be written, or it was stopped.
        """
        requirement = build.requirement()
        places = sources(build, self._settings.torch_index, self._console.language)
        for place in places:
            self._console.show(
                "section",
                "launcher.torch_installing",
                build=requirement,
                size_gb=DOWNLOAD_MB / 1000,
                source=place.name,
            )
            try:
                # By itself, so that a mirror need not have what torch needs; and by force, since
                # pip takes a build for CPUs for the same thing.
                self._pip(
                    lock, "--no-deps", "--force-reinstall", *_PATIENCE, *place.options, requirement
                )
            except LaunchError as problem:
                elsewhere = problem.code in ("launcher.no_network", "launcher.no_wheel")
                if place is places[-1] or not elsewhere or self._stopping():
                    raise
                self._console.show("warning", "launcher.torch_next_source", source=place.name)
            else:
                break
        # The rest from PyPI, or what the user has set in its place.
        self._pip(lock, requirement)

    def _pip(self, lock: int, *arguments: str) -> None:
        run_pip(
            self._environment.python,
            arguments,
            self._environment.folder / _LOG,
            self._console,
            lock,
            stopping=self._stopping,
        )

    def _trouble(self) -> str:
        """Return what torch, in a process of its own, has against the card; empty if nothing."""
        try:
            trial = subprocess.run(
                [str(self._environment.python), "-W", "ignore", "-c", _TRIAL],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_TRIAL_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"> {_TRIAL_S} s"
        if trial.returncode == 0:
            return ""
        return (trial.stderr.strip().splitlines() or [f"exit code {trial.returncode}"])[-1]
