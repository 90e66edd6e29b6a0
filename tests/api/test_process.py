from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.support.app import BASE_URL, App, RememberingDesktop, app_for, settings_for
from voice_assistant.assistant.confirmations import Confirmations
from voice_assistant.desktop.base import Outcome, OutcomeCode

CONTRACT = {
    "success",
    "transcribed_text",
    "is_command",
    "command_type",
    "command_target",
    "command_executed",
    "command_result",
    "ai_response",
    "confirmation",
    "suggestion",
}


def say(app: App, text: str, **fields: object) -> dict[str, object]:
    response = app.client.post("/process", json={"text": text, **fields})
    assert response.status_code == 200, response.text
    answer: dict[str, object] = response.json()
    assert set(answer) == CONTRACT
    return answer


def test_commands_are_run_by_default(app: App) -> None:
    answer = say(app, "打开计算器")
    assert answer["command_executed"] is True
    assert app.desktop.launched == [("app", "计算器")]


def test_commands_are_only_decided_if_asked_so(app: App) -> None:
    answer = say(app, "打开计算器", execute_commands=False)
    assert (answer["is_command"], answer["command_executed"]) == (True, False)
    assert app.desktop.launched == []


def test_sites_and_searches_open_addresses(app: App) -> None:
    assert say(app, "去B站看看")["command_target"] == "哔哩哔哩"
    assert say(app, "用百度搜索红烧肉 & 米饭")["command_type"] == "search"
    urls = [url for _, url in app.desktop.launched]
    assert urls[0] == "https://www.bilibili.com"
    assert urls[1].startswith("https://www.baidu.com/")
    assert "&" not in urls[1].split("?")[1].split("=", 1)[1]


def test_chat_comes_back_as_it_was(app: App) -> None:
    answer = say(app, "今天天气怎么样？")
    assert answer["transcribed_text"] == "今天天气怎么样？"
    assert answer["is_command"] is False
    assert answer["suggestion"] is None
    assert app.desktop.launched == []


def test_an_unknown_name_is_no_launch_but_a_suggestion(app: App) -> None:
    answer = say(app, "打开窗户")
    assert answer["is_command"] is False
    suggestion = answer["suggestion"]
    assert isinstance(suggestion, dict)
    assert "窗户" in suggestion["message"]
    *similar, search = [choice["text"] for choice in suggestion["choices"]]
    assert app.desktop.launched == []
    assert say(app, search)["command_type"] == "search"
    assert all(say(app, text)["is_command"] for text in similar)


def test_an_installed_app_goes_before_the_site_of_its_name_unless_that_was_asked(app: App) -> None:
    app.desktop.installed.add("淘宝")
    answer = say(app, "打开淘宝")
    assert app.desktop.launched == [("app", "淘宝")]
    assert answer["command_result"] == "Opened 淘宝."
    say(app, "访问淘宝")
    assert app.desktop.launched[1:] == [("url", "https://www.taobao.com")]


def test_an_app_that_is_not_installed_opens_as_a_site_if_there_is_one(app: App) -> None:
    app.desktop.outcome = Outcome("opened")
    answer = say(app, "打开淘宝")
    assert app.desktop.launched == [("url", "https://www.taobao.com")]
    assert "browser" in str(answer["command_result"])


def test_what_was_not_done_is_said(app: App) -> None:
    answer = say(app, "打开微信给妈妈发消息")
    assert app.desktop.launched == [("app", "微信")]
    assert "给妈妈发消息" in str(answer["command_result"])


def test_dangerous_actions_ask_first_and_an_id_works_once(app: App) -> None:
    answer = say(app, "关机")
    assert answer["command_executed"] is False
    assert app.desktop.launched == []
    confirmation = answer["confirmation"]
    assert isinstance(confirmation, dict)
    confirmed = app.client.post("/process/confirm", json={"id": confirmation["id"]})
    assert confirmed.json()["command_executed"] is True
    assert app.desktop.launched == [("system", "关机", "")]
    again = app.client.post("/process/confirm", json={"id": confirmation["id"]})
    assert (again.status_code, again.json()["code"]) == (404, "CONFIRMATION_UNKNOWN")
    assert len(app.desktop.launched) == 1


def test_a_confirmation_expires(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.services, "confirmations", Confirmations(-1))
    key = say(app, "重启电脑")["confirmation"]["id"]  # type: ignore[index]
    response = app.client.post("/process/confirm", json={"id": key})
    assert response.status_code == 404
    assert app.desktop.launched == []


FAILURES: tuple[OutcomeCode, ...] = (
    "not_found",
    "exited",
    "no_display",
    "not_running",
    "refused",
    "unsupported",
    "failed",
    "dry_run",
)


@pytest.mark.parametrize("code", FAILURES)
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_what_did_not_start_is_not_called_a_success(
    app: App, code: OutcomeCode, language: str
) -> None:
    app.desktop.outcome = Outcome(code, "exit code 3")
    response = app.client.post(
        "/process", json={"text": "打开计算器"}, headers={"Accept-Language": language}
    )
    answer = response.json()
    assert (answer["is_command"], answer["command_executed"]) == (True, False)
    before, _, after = answer["command_result"].partition("计算器")
    assert (before + after).isascii() is (language == "en")


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"text": 5}',
        b'{"text": "a", "unknown": 1}',
        b"[]",
        b"not json",
        b"\xff\xfe",
        b"",
        b'{"text": "' + b"a" * 20_001 + b'"}',
    ],
)
def test_wrong_bodies(client: TestClient, body: bytes) -> None:
    response = client.post("/process", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, response.json()["code"]) == (422, "INVALID_FIELDS")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_only_json_is_taken_for_json(app: App, kind: str) -> None:
    response = app.client.post(
        "/process", content='{"text": "打开计算器"}'.encode(), headers={"Content-Type": kind}
    )
    assert response.status_code == 422
    assert app.desktop.launched == []


@pytest.fixture
def own_commands(tmp_path: Path) -> Iterator[tuple[Path, TestClient, RememberingDesktop]]:
    settings = settings_for(tmp_path)
    app = app_for(settings)
    desktop = RememberingDesktop()
    app.state.services.desktop = desktop
    with TestClient(app, base_url=BASE_URL) as client:
        yield settings.commands_file, client, desktop


def test_the_users_file_is_read_again_when_it_changes(
    own_commands: tuple[Path, TestClient, RememberingDesktop],
) -> None:
    file, client, desktop = own_commands
    assert client.post("/process", json={"text": "打开小黄鸭"}).json()["is_command"] is False
    file.write_text('[[app]]\nname = "小黄鸭"\ncommand = ["duck"]\n', encoding="utf-8")
    assert client.post("/process", json={"text": "打开小黄鸭"}).json()["is_command"] is True
    file.write_text("broken [", encoding="utf-8")
    assert client.post("/process", json={"text": "打开小黄鸭"}).json()["is_command"] is True
    assert desktop.launched == [("app", "小黄鸭")] * 2
    assert "commands.toml" in (client.get("/health").json()["problem"] or "")
