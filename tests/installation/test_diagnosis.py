from __future__ import annotations

from pathlib import Path

import pytest

from voice_assistant.installation.diagnosis import explain
from voice_assistant.messages import say

LOG = Path("/somewhere/.venv/install.log")
RETRY = (
    "WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) after "
    "connection broken by 'NewConnectionError(': Failed to establish a new connection: [Errno -2] "
    "Name or service not known')': /simple/h11/"
)
NONE = """\
ERROR: Could not find a version that satisfies the requirement h11==0.16.0 (from versions: none)
ERROR: No matching distribution found for h11==0.16.0"""
OTHERS = """\
ERROR: Could not find a version that satisfies the requirement h11==9 (from versions: 0.1, 0.2)
ERROR: No matching distribution found for h11==9"""
GOT_ONE = "Collecting anyio==4.16.0\n  Downloading anyio-4.16.0-py3-none-any.whl (134 kB)"
DEBIAN = """\
The virtual environment was not created successfully because ensurepip is not
available.  On Debian/Ubuntu systems, you need to install the python3-venv
package using the following command.

    apt install python3.11-venv"""

CASES = {
    # real output of pip 23 and 24 and of Debian's python3 -m venv, shortened
    "launcher.no_network": [
        f"{RETRY}\n{NONE}",
        f"{GOT_ONE}\n{RETRY}\n{NONE}",
        f"Looking in indexes: http://127.0.0.1:9/simple\n{NONE}",
        "ERROR: Could not install packages due to an OSError: HTTPSConnectionPool(host='pypi.org', "
        "port=443): Max retries exceeded with url: /packages/x",
        "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool: Read timed out.",
    ],
    "launcher.no_wheel": [OTHERS, f"{GOT_ONE}\n{NONE}", f"{RETRY}\n{GOT_ONE}\n{NONE}"],
    "launcher.hash_mismatch": [
        "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have"
    ],
    "launcher.install_disk_full": [
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        "OSError: [WinError 112] 磁盘空间不足。",
    ],
    "launcher.no_permission": [
        "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: 'x'"
    ],
    "launcher.no_ensurepip": [DEBIAN, "/usr/bin/python3: No module named venv"],
    "launcher.install_failed": ["ERROR: Something new\n\nmore", ""],
}


@pytest.mark.parametrize(
    ("key", "output"), [(key, output) for key, outputs in CASES.items() for output in outputs]
)
def test_explain(key: str, output: str) -> None:
    problem = explain(output.splitlines(keepends=True), LOG)
    assert problem.code == key
    for language in ("zh", "en"):
        assert str(LOG) in say(key, language, **problem.params)


def test_unknown_failure_names_the_last_error() -> None:
    problem = explain(["ERROR: first\n", "ERROR: second\n", "some advice\n"], LOG)
    assert problem.params["detail"] == "ERROR: second"


def test_what_was_stopped_while_it_retried_is_no_trouble_of_the_network() -> None:
    output = f"{RETRY}\nERROR: Operation cancelled by user\n"
    assert explain(output.splitlines(keepends=True), LOG).code == "launcher.interrupted"
