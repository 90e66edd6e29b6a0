"""Ask a language model to answer what was no command."""

from __future__ import annotations

import logging

import httpx2

from voice_assistant.settings import Settings

_LOG = logging.getLogger(__name__)

_TIMEOUT_S = 60.0


async def answer(text: str, settings: Settings) -> str | None:
    """Return what the model at `VOICE_AI_BASE_URL` says; `None` if nothing, and the log says why.

    The command side of `/process` must not fail because a language model is not running.
    """
    url = str(settings.ai_base_url).rstrip("/") + "/chat/completions"
    key = settings.ai_api_key
    headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    question = {"model": settings.ai_model, "messages": [{"role": "user", "content": text}]}
    try:
        # The environment's proxies are for the internet; this server is at home.
        async with httpx2.AsyncClient(timeout=_TIMEOUT_S, trust_env=False) as client:
            response = await client.post(url, json=question, headers=headers)
            response.raise_for_status()
            content = response.json()["choices"][0]["message"]["content"]
    except (httpx2.HTTPError, ValueError, LookupError, TypeError) as error:
        _LOG.warning("no AI answer from %s: %s: %s", url, type(error).__name__, error)
        return None
    return str(content)
