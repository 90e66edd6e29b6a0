from __future__ import annotations

from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from tests.machine.test_torch_builds import card
from tests.support.properties import unreliable
from voice_assistant.machine.card import Driver
from voice_assistant.machine.installed_torch import Installed, find_installed, serves
from voice_assistant.machine.pci import lists_nvidia

GOOD = b"__version__ = '2.11.0+cu128'\ncuda: Optional[str] = '12.8'\n"
VERSIONS = st.text(max_size=6) | st.sampled_from(["12.8", "13.0", "12.", "", "²", "12.6.1"])


@given(unreliable(GOOD))
@example(GOOD + b"\xff")
def test_any_file_is_a_torch_or_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "torch").mkdir(exist_ok=True)
    (tmp_path / "torch" / "version.py").write_bytes(data)
    found = find_installed(tmp_path)
    assert found is None or found.version


@given(VERSIONS, VERSIONS, st.tuples(st.integers(0, 13), st.integers(0, 9)))
@example("²", "13.0", (8, 9))
@example("12.8", "", (8, 9))
def test_only_a_driver_that_is_new_enough_serves(
    cuda: str, driver: str, capability: tuple[int, int]
) -> None:
    if serves(Installed("2.11.0", cuda), card(*capability), Driver(driver, driver)):
        first, runs = cuda.split("."), driver.split(".")
        assert any(part.isdecimal() for part in first)
        assert any(part.isdecimal() for part in runs)


@given(unreliable(b"0x10de\n"), unreliable(b"0x030000\n"))
@example(b"0x10de\n", b"0x030000\n")
def test_any_device_is_a_card_or_none(tmp_path: Path, vendor: bytes, kind: bytes) -> None:
    (tmp_path / "card").mkdir(exist_ok=True)
    (tmp_path / "card" / "vendor").write_bytes(vendor)
    (tmp_path / "card" / "class").write_bytes(kind)
    assert lists_nvidia(tmp_path) in (True, False)
