from __future__ import annotations

import asyncio

import httpx2
import psutil
import pytest
from fastapi import Request
from starlette.types import Message

from tests.support.app import BASE_URL, App
from tests.support.waiting import eventually
from voice_assistant.api.hang_up import unless_gone
from voice_assistant.errors import AudioError, RequestError


class Client:
    """Somebody who waits for an answer, until `gone` is set."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()
        self.is_listened_to = asyncio.Event()
        self.request = Request({"type": "http"}, self._receive)

    async def _receive(self) -> dict[str, object]:
        if not self.is_listened_to.is_set():
            self.is_listened_to.set()
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}


def test_who_stays_has_the_result() -> None:
    async def scene() -> str:
        client = Client()

        async def work() -> str:
            await client.is_listened_to.wait()
            for _ in range(9):
                await asyncio.sleep(0)
            return "done"

        return await unless_gone(client.request, work())

    assert asyncio.run(scene()) == "done"


def test_when_the_client_goes_the_work_ends() -> None:
    ended: list[str] = []

    async def scene() -> None:
        client = Client()

        async def work() -> None:
            client.gone.set()
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                ended.append("tidied up")

        await unless_gone(client.request, work())

    with pytest.raises(RequestError, match="CLIENT_GONE"):
        asyncio.run(scene())
    assert ended == ["tidied up"]


def test_what_goes_wrong_is_told() -> None:
    async def work() -> None:
        raise AudioError("BROKEN_AUDIO")

    async def scene() -> None:
        await unless_gone(Client().request, work())

    with pytest.raises(AudioError, match="BROKEN_AUDIO"):
        asyncio.run(scene())


def test_nobody_listens_on_once_there_is_a_result() -> None:
    async def work() -> None:
        await asyncio.sleep(0)

    async def scene() -> int:
        await unless_gone(Client().request, work())
        return len(asyncio.all_tasks())

    assert asyncio.run(scene()) == 1


def test_when_the_service_stops_the_work_ends() -> None:
    async def scene() -> int:
        begun = asyncio.Event()

        async def work() -> None:
            begun.set()
            await asyncio.Event().wait()

        waiting = asyncio.create_task(unless_gone(Client().request, work()))
        await begun.wait()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        return len(asyncio.all_tasks())

    assert asyncio.run(scene()) == 1


def scope(sent: httpx2.Request) -> dict[str, object]:
    """A request as a server hands it on."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": sent.method,
        "scheme": "http",
        "path": sent.url.path,
        "raw_path": sent.url.raw_path,
        "root_path": "",
        "query_string": b"",
        "headers": [(name.lower(), value) for name, value in sent.headers.raw],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8889),
    }


@pytest.mark.parametrize(
    ("path", "field"), [("/transcribe", "audio_file"), ("/v1/audio/transcriptions", "file")]
)
def test_nothing_is_done_for_who_hung_up(app: App, sound: bytes, path: str, field: str) -> None:
    form = {"execute_commands": "true"}
    sent = httpx2.Request("POST", f"{BASE_URL}{path}", files={field: ("a", sound)}, data=form)
    sent.read()
    answers: list[Message] = []
    assert app.services.process.info is not None
    worker = psutil.Process(app.services.process.info.pid)

    async def hang_up_while_it_is_heard() -> None:
        messages: list[Message] = [
            {"type": "http.request", "body": sent.content, "more_body": False}
        ]

        async def receive() -> Message:
            if messages:
                return messages.pop()
            await eventually(lambda: app.services.speech.running)
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            answers.append(message)

        await app.client.app(scope(sent), receive, send)

    portal = app.client.portal
    assert portal is not None
    worker.suspend()
    try:
        portal.call(hang_up_while_it_is_heard)
    finally:
        worker.resume()
    assert answers[0]["status"] == 499
    portal.call(eventually, lambda: app.services.speech.running == 0)
    assert app.services.speech.waiting == 0
    assert app.desktop.launched == []
