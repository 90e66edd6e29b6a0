"""Check the machine, find the model, serve: stage 2."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping

import uvicorn

from voice_assistant import ROOT, __version__
from voice_assistant.api.bounded_http import BoundedHttp
from voice_assistant.choice.chooser import Chooser
from voice_assistant.console import Console
from voice_assistant.errors import LaunchError, VoiceError
from voice_assistant.installation.environment import distrust_packages
from voice_assistant.launcher.arguments import Arguments
from voice_assistant.launcher.card_probe import probe_card, probing_card
from voice_assistant.launcher.checks import show_machine
from voice_assistant.launcher.offer import offer_model
from voice_assistant.launcher.port import open_listener, page_url
from voice_assistant.messages import choose_locale
from voice_assistant.models.known import choose_package
from voice_assistant.models.model import Model
from voice_assistant.models.store import install_model, verified_model
from voice_assistant.processes.collector import permanent_objects
from voice_assistant.settings import Settings, load_settings

_SHUTDOWN_S = 5
"""How long a running request may go on after Ctrl-C."""


class _Server(uvicorn.Server):
    """Calls a function once it is up."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()


def serve(arguments: Arguments, console: Console) -> int:
    """Run `serve` or `setup` and return the exit code: 0 after Ctrl-C, too; 1 after an error."""
    try:
        settings = load_settings(**_overrides(arguments))
        console.language = choose_locale(settings.locale)
        chooser = Chooser(settings)
        console.show("title", "launcher.title", version=__version__)
        if arguments.command == "setup":
            show_machine(console, ROOT)
            probe_card(settings, console, chooser, again=True)
            prepare_model(settings, chooser.models, verify=True)
            console.show("good", "launcher.setup_done")
        else:
            with open_listener(settings.host, settings.port) as listener:
                show_machine(console, ROOT)
                prepare_model(settings, chooser.models, verify=False)
                with probing_card(settings, console, chooser):
                    _run_server(settings, console, listener, chooser)
    except VoiceError as error:
        if error.code == "PACKAGE_DAMAGED":
            distrust_packages()
        console.show("error", error.code, **error.params)
        return 1
    except KeyboardInterrupt:
        console.show("good", "launcher.stopped")
    return 0


def prepare_model(settings: Settings, models: Mapping[str, Model], *, verify: bool) -> None:
    """Have a model in place to begin with. Costs nothing if it is, unless it is to be read.

    Args:
        settings: name the models and the folder.
        models: all that are known, by name.
        verify: also check every file's SHA-256, which the speech process does before it loads them.

    Raises:
        ModelError: there is no model, or what it is made from is damaged.
    """
    if not settings.needs_model:
        return
    model = choose_package(settings.wanted_models, models)
    if verify:
        verified_model(model, settings.model_dir)
    else:
        install_model(model, settings.model_dir)


def _overrides(arguments: Arguments) -> dict[str, str | int]:
    download = "yes" if arguments.yes else None
    given = {"host": arguments.host, "port": arguments.port, "download": download}
    return {name: value for name, value in given.items() if value is not None}


def _run_server(
    settings: Settings, console: Console, listener: socket.socket, chooser: Chooser
) -> None:
    with permanent_objects():
        from voice_assistant.api.app import create_app
    app = create_app(settings, chooser)

    def on_ready() -> None:
        _show_next_steps(settings, console)
        offer_model(app.state.services.fetch, console)

    config = uvicorn.Config(
        app,
        http=BoundedHttp,
        log_config=None,
        access_log=False,
        ws="none",
        lifespan="on",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_SHUTDOWN_S,
    )
    try:
        _Server(config, on_ready).run([listener])
    except SystemExit as failure:  # how uvicorn reports it
        raise LaunchError("launcher.server_failed", log=settings.log_file) from failure


def _show_next_steps(settings: Settings, console: Console) -> None:
    url = page_url(settings.host, settings.port)
    console.show("section", "launcher.serving", url=url)
    console.show(
        "plain",
        "launcher.next_steps",
        url=url,
        webui=settings.allowed_origins[0] if settings.allowed_origins else "Open WebUI",
        script=ROOT / "static" / "AI_button_browser_plugin.js",
        log=settings.log_file,
    )
