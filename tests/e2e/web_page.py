"""Pages of other origins: an imitation of Open WebUI's, and anything else a test writes."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# What the real page (0.12.4) has and the button relies on: a contenteditable #chat-input whose text
# the app learns from input events, a send button that exists only while the app has text, and three
# messages that it takes from its own origin (docs/sources.md, "Open WebUI's page").
OPEN_WEBUI = """<!doctype html>
<meta charset="utf-8"><title>Open WebUI</title>
<style>div { color: #b00; letter-spacing: 3px } button { text-transform: uppercase }</style>
<main>
  <div id="chat-input" contenteditable="true" role="textbox"></div>
  <form id="form"></form>
</main>
<script>
  const box = document.getElementById('chat-input');
  window.draft = '';
  window.sent = [];
  const learn = () => {
    window.draft = box.innerText;
    const send = '<button id="send-message-button">Send</button>';
    document.getElementById('form').innerHTML = draft.trim() ? send : '';
  };
  box.addEventListener('input', learn);
  window.addEventListener('message', (event) => {
    if (event.origin !== window.origin) return;
    if (event.data.type === 'input:prompt') { box.innerText = event.data.text; learn(); }
    if (event.data.type === 'action:submit' && draft.trim()) {
      sent.push(draft);
      box.innerText = '';
      learn();
    }
  });
</script>
"""

BLANK = "<!doctype html><meta charset=utf-8><title>blank</title><p>blank</p>"


@dataclass
class Document:
    """A page to serve."""

    html: str
    headers: dict[str, str] = field(default_factory=dict)


class PageServer:
    """Serves pages on a free port of 127.0.0.1, under any host name."""

    def __init__(self) -> None:
        self._documents: dict[str, Document] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._make_handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def origin(self, host: str = "localhost") -> str:
        """The origin of its pages under that host name."""
        return f"http://{host}:{self.port}"

    def put(
        self,
        path: str,
        html: str,
        *,
        host: str = "localhost",
        headers: dict[str, str] | None = None,
    ) -> str:
        """Serve `html` at `path`, and return its address."""
        self._documents[path] = Document(html, headers or {})
        return self.origin(host) + path

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _make_handler(self) -> type[BaseHTTPRequestHandler]:
        documents = self._documents

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                document = documents.get(self.path)
                body = document.html.encode() if document else b""
                self.send_response(200 if document else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                for name, value in (document.headers if document else {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        return Handler
