from __future__ import annotations

import pytest

from voice_assistant.installation.pip_progress import PipProgress, count_pins, reached_index

PIP_24 = """\
Looking in links: /opt/wheels
Ignoring av: markers 'python_full_version < "3.11"' don't match your environment
Collecting annotated-doc==0.0.7 (from -r /home/me/app-3/requirements.txt (line 7))
  Downloading annotated_doc-0.0.7-py3-none-any.whl (5.3 kB)
Processing /opt/pypi-2/files/typing_extensions-4.16.0-py3-none-any.whl (from -r /a-1/b.txt (line 1))
Collecting av==18.1.0 (from -r /home/me/app-3/requirements.txt (line 54))
  Using cached av-18.1.0-cp311-abi3-manylinux_2_28_x86_64.whl (36.6 MB)
Requirement already satisfied: h11==0.16.0 in ./.venv/lib/python3.11/site-packages (0.16.0)
Requirement already satisfied: typing_extensions>=4 in ./.venv/lib (from av) (4.16.0)
Installing collected packages: annotated-doc, typing-extensions, av
Successfully installed annotated-doc-0.0.7 av-18.1.0 typing-extensions-4.16.0
"""


def test_each_package_is_told_once() -> None:
    progress = PipProgress(5)
    told = [progress.current for line in PIP_24.splitlines() if progress.feed(line)]
    assert told == [
        "[1/4] annotated-doc 5.3 kB",
        "[2/4] typing-extensions",
        "[3/4] av 36.6 MB",
        "[4/4] h11",
    ]


def test_no_total_is_made_up() -> None:
    progress = PipProgress(0)
    assert progress.feed("Requirement already satisfied: h11==0.16.0 in ./.venv")
    assert progress.current == "[1] h11"


def test_pins_are_counted_without_hashes_and_comments() -> None:
    lock = "# made by uv\nav==17.1.0 ; python_version < '3.11' \\\n    --hash=sha256:00\n"
    assert count_pins(lock + lock + "uvicorn[standard]==1.0\n    # via -r x==1\n") == 3


@pytest.mark.parametrize(
    ("line", "reached"),
    [
        ("Collecting h11==0.16.0", True),
        ("Processing ./h11-0.16.0-py3-none-any.whl", True),
        ("Requirement already satisfied: h11==0.16.0 in ./.venv", False),
    ],
)
def test_reached_index(line: str, reached: bool) -> None:
    assert reached_index([line]) == reached
