"""The offer on a terminal, as a person sees it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from voice_assistant import ROOT

_OFFER = """
import asyncio, fcntl, sys, termios
from voice_assistant.assistant.better_model.states import FetchStatus
from voice_assistant.console import Console
from voice_assistant.launcher.offer import offer_model

class Fetch:
    def on_offer(self, tell):
        tell(FetchStatus("offered", "medium", 1_528_000_000))

    def answer(self, *, agreed):
        sys.stdout.write(f"agreed: {agreed}\\n")
        sys.stdout.flush()

async def serve():
    offer_model(Fetch(), Console(sys.argv[1]))
    await asyncio.sleep(600)

fcntl.ioctl(0, termios.TIOCSCTTY, 0)
try:
    asyncio.run(serve())
except KeyboardInterrupt:
    sys.stdout.write("stopped\\n")
"""

_IN_BACKGROUND = """
import fcntl, os, subprocess, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
code = '''
from voice_assistant.console import Console
answer = Console("en").ask("download.which", number=1)
import sys
sys.stdout.write(f"answer: {answer}\\\\n")
'''
child = subprocess.Popen([sys.executable, "-c", code], preexec_fn=os.setpgrp)
try:
    child.wait(60)
finally:
    child.kill()
"""


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, code: str, *arguments: str) -> None:
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONUTF8": "1"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.text = ""

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + 60
        while text not in self.text:
            assert time.monotonic() < deadline, self.text
            self._read()

    def read_to_end(self) -> int:
        while self._read():
            pass
        return self.process.wait(60)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)

    def _read(self) -> bool:
        try:
            data = os.read(self._master, 4096)
        except OSError:  # how Linux says that nobody is there any more
            return False
        self.text += data.decode()
        return bool(data)


@contextmanager
def terminal(code: str, *arguments: str) -> Iterator[Terminal]:
    running = Terminal(code, *arguments)
    try:
        yield running
    finally:
        running.close()


@pytest.mark.parametrize(
    ("language", "asks", "typed", "agreed", "said"),
    [
        ("en", "would suit this computer better (1528 MB", "\n", True, "in the background"),
        ("en", "[Y/n] ", "N\n", False, "It is not fetched"),
        ("zh", "更适合这台电脑（1528 MB", "不\n", False, "不下载"),
        ("zh", "[Y/n] ", "\n", True, "正在后台下载"),
    ],
)
def test_a_person_answers(language: str, asks: str, typed: str, agreed: bool, said: str) -> None:
    with terminal(_OFFER, language) as person:
        person.wait_for(asks)
        person.wait_for("[Y/n] ")
        person.type(typed)
        person.wait_for(f"agreed: {agreed}")
        person.wait_for(said)


def test_ctrl_c_while_the_question_stands() -> None:
    with terminal(_OFFER, "en") as person:
        person.wait_for("[Y/n] ")
        person.type("\x03")
        assert person.read_to_end() == 0
        assert "stopped" in person.text
        assert "Fatal" not in person.text
        assert "Traceback" not in person.text


def test_end_of_input_is_no_answer() -> None:
    with terminal(_OFFER, "en") as person:
        person.wait_for("[Y/n] ")
        person.type("\x04")
        person.wait_for("Fetch it on the control page, or start with --yes")
        assert "agreed" not in person.text


def test_a_service_in_the_background_is_not_stopped_by_its_own_question() -> None:
    with terminal(_IN_BACKGROUND) as person:
        assert person.read_to_end() == 0
        assert "answer: None" in person.text
