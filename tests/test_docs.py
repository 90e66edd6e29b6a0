"""What the documents promise and what there is: each must name the other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.app import app_for
from tests.support.card_page import blocks_of, is_shown, normal
from voice_assistant import ROOT, __version__
from voice_assistant.errors import STATUS
from voice_assistant.launcher.arguments import parse_arguments
from voice_assistant.messages import Locale
from voice_assistant.models.known import built_in
from voice_assistant.self_check.table import table
from voice_assistant.settings import Settings

DOCS = ROOT / "docs"
CHINESE = ".zh-CN.md"
ENGLISH_ONLY = {"architecture.md", "libraries.md"}
LANGUAGES: list[Locale] = ["en", "zh"]

MOST_LINES = 120
WIDEST = 120

ENGLISH = sorted(
    path
    for path in [ROOT / "README.md", *DOCS.glob("*.md")]
    if not path.name.endswith(CHINESE) and path.name not in ENGLISH_ONLY
)
"""Every page that is there in both languages, in English."""

GITHUB = [
    path
    for path in (ROOT / ".github").rglob("*")
    if path.suffix in (".md", ".yml") and path.is_file()
]
EVERYTHING = sorted(
    [*ROOT.glob("*.md"), *DOCS.glob("*.md"), ROOT / "benchmarks" / "README.md", *GITHUB]
)
"""Every text for people, in any language."""

FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
FROM_ISSUES = "../blob/HEAD/"
"""How forms for issues, which GitHub shows elsewhere, lead to files."""
COMMENT = re.compile(r"(?:^|\s+)# .*$", re.MULTILINE)
"""Of a shell, and of TOML."""


def named(paths: list[Path]) -> list[object]:
    return [pytest.param(path, id=str(path.relative_to(ROOT))) for path in paths]


def in_chinese(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(".md") + CHINESE)


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def prose_of(path: Path) -> str:
    """What is not in a block of code."""
    return FENCE.sub("", text_of(path))


def page(name: str, language: Locale) -> str:
    path = DOCS / f"{name}.md"
    return text_of(in_chinese(path) if language == "zh" else path)


def headings_of(path: Path) -> list[tuple[int, str]]:
    return [
        (len(marks), words)
        for marks, words in re.findall(r"^(#+) (.+)$", prose_of(path), re.MULTILINE)
    ]


def anchors_of(path: Path) -> set[str]:
    """The fragments that GitHub makes of a page's headings."""
    anchors: set[str] = set()
    for _, words in headings_of(path):
        plain = re.sub(r"\[([^]]+)\]\([^)]*\)|[`*]", r"\1", words).strip().lower()
        kept = "".join(
            character
            for character in plain
            if character in " -_" or unicodedata.category(character)[0] in "LMN"
        )
        anchor = base = kept.replace(" ", "-")
        again = 0
        while anchor in anchors:
            again += 1
            anchor = f"{base}-{again}"
        anchors.add(anchor)
    return anchors


def code_of(path: Path) -> list[tuple[str, str]]:
    """The language and the commands of each block, without comments; of output how many lines."""
    blocks = []
    for _, language, code in FENCE.findall(text_of(path)):
        if language == "text":
            blocks.append((language, str(code.count("\n"))))
        else:
            lines = (line.split() for line in COMMENT.sub("", code).splitlines())
            blocks.append((language, "\n".join(" ".join(words) for words in lines if words)))
    return blocks


def tables_of(path: Path) -> list[tuple[int, int]]:
    """Rows and columns of each table."""
    found = re.findall(r"(?:^\|.*\|$\n?)+", prose_of(path), re.MULTILINE)
    rows = [table_text.strip().splitlines() for table_text in found]
    return [(len(lines), re.sub(r"`[^`]*`", "", lines[0]).count("|") - 1) for lines in rows]


def links_of(path: Path) -> Iterator[str]:
    for target in LINK.findall(prose_of(path)):
        if not re.match(r"[a-z]+:", target):
            yield target


def width_of(line: str) -> int:
    """Columns that a line takes in a terminal."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_is_described(language: Locale) -> None:
    settings = page("settings", language)
    missing = [
        name for name in Settings.model_fields if f"| `VOICE_{name.upper()}` |" not in settings
    ]
    assert missing == []


@pytest.mark.parametrize("path", named(EVERYTHING))
def test_every_setting_described_exists(path: Path) -> None:
    described = {
        name.lower() for name in re.findall(r"(?<!window\.)VOICE_([A-Z]\w+)", text_of(path))
    }
    ours = {"fake_text", "fake_delay_s"} | set(Settings.model_fields)
    assert described - ours == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_route_is_described(language: Locale, tmp_path: Path) -> None:
    app = app_for(Settings(engine="fake", log_file=tmp_path / "log"))
    missing = [
        f"{method.upper()} {path}"
        for path, methods in app.openapi()["paths"].items()
        for method in methods
        if f"| `{method.upper()} {path}` |" not in page("api", language)
    ]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_code_is_described_beside_its_status(language: Locale) -> None:
    rows = re.findall(r"^\| ([\d、, ]+) \| (`[A-Z].+) \|$", page("api", language), re.MULTILINE)
    described = {
        code: {int(status) for status in re.findall(r"\d+", statuses)}
        for statuses, codes in rows
        for code in re.findall(r"`([A-Z_]+)`", codes)
    }
    assert set(described) == set(STATUS)
    assert [code for code, status in STATUS.items() if status not in described[code]] == []


@pytest.mark.parametrize("path", named(EVERYTHING))
def test_every_link_leads_somewhere(path: Path) -> None:
    lost = []
    for target in links_of(path):
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        if name.startswith(FROM_ISSUES):
            there = ROOT / name.removeprefix(FROM_ISSUES)
        if not there.exists() or (anchor and anchor not in anchors_of(there)):
            lost.append(target)
    assert lost == []


@pytest.mark.parametrize("path", named(EVERYTHING))
def test_every_program_of_ours_that_is_named_exists(path: Path) -> None:
    """What `python -m` and `python` are given."""
    modules = re.findall(r"-m ((?:benchmarks|voice_assistant)(?:\.\w+)+)", text_of(path))
    scripts = re.findall(r"\bpython3? ([\w/]+\.py)\b", text_of(path))
    files = [ROOT / module.replace(".", "/") for module in modules]
    missing = [
        file
        for file in files
        if not (file.with_suffix(".py").exists() or (file / "__main__.py").exists())
    ]
    assert missing == []
    assert [name for name in scripts if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", named(EVERYTHING))
def test_every_command_of_start_that_is_named_exists(path: Path) -> None:
    commands = set(re.findall(r"start\.py ([a-z]+)", text_of(path)))
    assert {parse_arguments([command]).command for command in commands} == commands


@pytest.mark.parametrize("path", named(EVERYTHING))
def test_every_file_of_ours_that_is_named_exists(path: Path) -> None:
    inline = re.findall(
        r"`((?:voice_assistant|tests|benchmarks|static|docs)/[\w./-]*)`", prose_of(path)
    )
    assert [name for name in inline if not (ROOT / name).exists()] == []


def test_every_page_is_there_in_both_languages() -> None:
    pages = {path.name for path in DOCS.glob("*.md")} - ENGLISH_ONLY
    english = {name for name in pages if not name.endswith(CHINESE)}
    chinese = {name for name in pages if name.endswith(CHINESE)}
    assert {in_chinese(Path(name)).name for name in english} == chinese - {
        in_chinese(Path(name)).name for name in ENGLISH_ONLY
    }


@pytest.mark.parametrize("path", named(ENGLISH))
def test_both_languages_have_the_same_sections(path: Path) -> None:
    levels = [level for level, _ in headings_of(path)]
    assert levels == [level for level, _ in headings_of(in_chinese(path))]


@pytest.mark.parametrize("path", named(ENGLISH))
def test_both_languages_have_the_same_code(path: Path) -> None:
    assert code_of(path) == code_of(in_chinese(path))


@pytest.mark.parametrize("path", named(ENGLISH))
def test_both_languages_have_tables_of_the_same_size(path: Path) -> None:
    assert tables_of(path) == tables_of(in_chinese(path))


@pytest.mark.parametrize("path", named(ENGLISH))
def test_both_languages_lead_to_the_same_places(path: Path) -> None:
    """A page in Chinese leads to pages in Chinese, where there are some."""

    def places(one: Path) -> list[str]:
        return [target.partition("#")[0].replace(CHINESE, ".md") for target in links_of(one)]

    chinese = in_chinese(path)
    assert sorted(places(path)) == sorted(places(chinese))
    for target in links_of(chinese):
        there = (chinese.parent / target.partition("#")[0]).resolve()
        in_english = there.suffix == ".md" and not there.name.endswith(CHINESE)
        is_switch = there == path.resolve()
        assert is_switch or not (in_english and in_chinese(there).exists()), target


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_a_readme_is_short_and_its_lines_are_too(name: str) -> None:
    lines = text_of(ROOT / name).splitlines()
    assert len(lines) <= MOST_LINES
    assert [line for line in lines if width_of(line) > WIDEST] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_advice_is_what_is_computed(language: Locale) -> None:
    assert table(Settings(), built_in(), language) in page("graphics-card", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_programs_are_said_to_write_are_sentences_of_theirs(language: Locale) -> None:
    """`python -m benchmarks.card_pages --check` runs them, which takes minutes."""
    blocks = blocks_of(language)
    assert len(blocks) == page("graphics-card", language).count("```text")
    lines = [line for block in blocks.values() for line in block]
    assert lines
    assert [line for line in lines if not is_shown(line, language)] == []


def test_both_languages_show_what_the_same_programs_write() -> None:
    assert list(blocks_of("en")) == list(blocks_of("zh"))


def test_another_run_on_another_computer_is_the_same_block() -> None:
    """`--check` compares what is left of the lines then."""
    ours = [
        "Memory: 23.5 GB, 23.0 GB available",
        "System: Linux-6.18.44-x86_64-with-glibc2.36, Python 3.11.7",
        "2026-11-28 13:54:02,013 INFO a.b: ready: Info(model='base', pid=27361, load_s=2.35)",
    ]
    theirs = [
        "Memory: 7.9 GB, 4.1 GB available",
        "System: Linux-5.15.0-aarch64-with-glibc2.35, Python 3.12.1",
        "2026-12-01 09:00:00,500 INFO a.b: ready: Info(model='base', pid=7, load_s=11.0)",
    ]
    assert [normal(line, "en") for line in ours] == [normal(line, "en") for line in theirs]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "GPU: X, 16.0 GB of memory, 5.3 GB used, 10.7 GB free",
            "GPU: X, 17.2 GB of memory, 5.7 GB used, 11.5 GB free",
        ),
        ("NVIDIA card: none", "NVIDIA driver: none"),
        ("2026-11-28 13:54:02,013 INFO a.b: up", "2026-11-28 13:54:02,013 INFO a.c: up"),
    ],
)
def test_what_a_program_says_of_the_card_is_compared(one: str, other: str) -> None:
    assert normal(one, "en") != normal(other, "en")


def test_this_version_is_in_the_changelog() -> None:
    assert f"\n## [{__version__}] - " in text_of(ROOT / "CHANGELOG.md")


def test_a_bug_is_reported_with_the_self_check() -> None:
    form = text_of(ROOT / ".github" / "ISSUE_TEMPLATE" / "bug.yml")
    assert "python test_gpu.py --json" in form
