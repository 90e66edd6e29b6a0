"""Ask in the terminal whether a better model is wanted."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from voice_assistant.console import Console
from voice_assistant.messages import megabytes

if TYPE_CHECKING:
    from voice_assistant.assistant.better_model.offer import ModelFetch
    from voice_assistant.assistant.better_model.states import FetchStatus


def offer_model(fetch: ModelFetch, console: Console) -> None:
    """Ask in the terminal, once it is known whether there is a better model; nothing waits for it.

    Called in the server's event loop.
    """
    loop = asyncio.get_running_loop()

    def on_offer(status: FetchStatus) -> None:
        # A thread of its own, since a terminal cannot be read without waiting, and a daemon, since
        # the person may never answer.
        threading.Thread(target=ask, args=(status,), daemon=True, name="offer").start()

    def ask(status: FetchStatus) -> None:
        about = {"model": status.model, "size": megabytes(status.size)}
        if status.state == "fetching":
            console.show("section", "download.in_background", **about)
            return
        answer = console.ask("download.offer", **about)
        if answer is None:
            console.show("section", "download.offer_elsewhere", **about)
            return
        agreed = not answer.lower().startswith(("n", "否", "不"))
        loop.call_soon_threadsafe(lambda: fetch.answer(agreed=agreed))
        key = "download.in_background" if agreed else "download.declined"
        console.show("section", key, **about)

    fetch.on_offer(on_offer)
