"""Find the addresses of a file on the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from voice_assistant.models import modelscope
from voice_assistant.models.model import ModelFile

SourceName = Literal["modelscope", "official", "registry"]


@dataclass(frozen=True, slots=True)
class Source:
    """Hold one address of a file.

    Attributes:
        name: whose it is.
        url: what to ask for.
        cookie: what to send along, to that host alone.
    """

    name: SourceName
    url: str
    cookie: str = ""


def find_source(name: SourceName, file: ModelFile) -> Source | None:
    """Return the address of a file at a source; `None` if it has none.

    The address on ModelScope is the one that its own client asks (modelscope_hub 0.5.1).
    """
    if name == "modelscope" and file.modelscope:
        path = f"/api/v1/models/{file.modelscope}/repo?Revision=master&FilePath={quote(file.name)}"
        token = modelscope.token()
        cookie = f"m_session_id={token}" if token else ""
        return Source(name, modelscope.endpoint() + path, cookie)
    if name == "official" and file.url:
        return Source(name, file.url)
    return None
