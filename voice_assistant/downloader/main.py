"""Run one command line of `download_whisper_modelscope.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from voice_assistant.choice.plan import make_plan
from voice_assistant.choice.surroundings import look_around
from voice_assistant.console import Console
from voice_assistant.downloader.arguments import Action, Arguments, parse_arguments
from voice_assistant.downloader.fetching import fetch
from voice_assistant.downloader.menu import ask_model, find_entries, show_models
from voice_assistant.downloader.report import ConsoleReport, JsonReport, Report
from voice_assistant.downloader.stock import find_stored, remove
from voice_assistant.errors import LaunchError, ModelError, VoiceError
from voice_assistant.installation.environment import distrust_packages
from voice_assistant.messages import megabytes
from voice_assistant.models.known import find_model, find_models
from voice_assistant.models.model import Model
from voice_assistant.settings import Settings, load_settings

INTERRUPTED = 130
"""Exit code after Ctrl-C; 128 + SIGINT, as shells have it."""

_BAD_USAGE = 2


def run(argv: Sequence[str], console: Console) -> int:
    """Run a command line and return the exit code: 0 done, 1 failed, 2 not understood.

    Args:
        argv: without the program's name.
        console: where sentences go.
    """
    report: Report = ConsoleReport(console)
    try:
        arguments = parse_arguments(argv)
        if arguments.json:
            report = JsonReport()
        overrides = {} if arguments.folder is None else {"model_dir": arguments.folder}
        settings = load_settings(**overrides)
        job = _Job(arguments, settings, find_models(settings.models_file), console, report)
        return _ACTIONS[arguments.action](job)
    except LaunchError as error:
        report.show("error", error.code, **error.params)
        return _BAD_USAGE
    except VoiceError as error:
        if error.code == "PACKAGE_DAMAGED":
            distrust_packages()
        report.error(error)
        return 1
    except KeyboardInterrupt:
        report.show("warning", "download.interrupted")
        return INTERRUPTED


class _Job:
    def __init__(
        self,
        arguments: Arguments,
        settings: Settings,
        models: Mapping[str, Model],
        console: Console,
        report: Report,
    ) -> None:
        self.arguments = arguments
        self.settings = settings
        self.models = models
        self.console = console
        self.report = report


def _fetch(job: _Job) -> int:
    here = look_around(job.settings, job.models)
    plan = make_plan(job.settings, here)
    name = job.arguments.model
    if name is None and job.arguments.yes:
        name = plan.best.model.name
    elif name is None and job.arguments.json:
        raise ModelError("DOWNLOAD_NOT_CHOSEN")  # programs are not asked
    elif name is None:
        name = ask_model(job.console, job.settings, here, plan)
    model = find_model(name, job.models)
    fetch(model, job.settings, plan.form, job.arguments.source, job.report)
    return 0


def _list(job: _Job) -> int:
    here = look_around(job.settings, job.models)
    plan = make_plan(job.settings, here)
    if isinstance(job.report, JsonReport):
        for entry in find_entries(here, plan):
            job.report.entry(entry)
    else:
        show_models(job.console, job.settings, here, plan)
    return 0


def _verify(job: _Job) -> int:
    names = [job.arguments.model] if job.arguments.model else list(job.models)
    damaged, missing = 0, []
    for name in names:
        model = find_model(name, job.models)
        files = find_stored(model, job.settings.model_dir)
        if not files and not model.packaged:
            missing.append(name)
        for stored in files:
            if stored.is_whole():
                job.report.show("good", "download.whole", model=name, file=stored.path)
            else:
                damaged += 1
                job.report.show("error", "download.damaged", model=name, file=stored.path)
    if missing:
        job.report.show("plain", "launcher.models_missing", names=", ".join(missing))
    return 1 if damaged or missing == names else 0


def _remove(job: _Job) -> int:
    if job.arguments.model is None:
        raise LaunchError("download.bad_arguments", detail="--remove --model NAME")
    model, folder = find_model(job.arguments.model, job.models), job.settings.model_dir
    if not job.arguments.yes:
        answer = job.console.ask("download.really_remove", model=model.name, folder=folder)
        if answer is None or not answer.lower().startswith(("y", "是")):
            job.report.show("warning", "download.not_removed", model=model.name)
            return 1
    try:
        freed = remove(model, folder)
    except OSError as error:
        job.report.show("error", "launcher.folder_error", folder=folder, detail=error)
        return 1
    job.report.show("good", "download.removed", model=model.name, size=megabytes(freed))
    for stored in find_stored(model, folder):
        job.report.show("warning", "download.elsewhere", file=stored.path)
    return 0


def _help(job: _Job) -> int:
    job.console.show("plain", "download.help")
    return 0


_ACTIONS: dict[Action, Callable[[_Job], int]] = {
    "fetch": _fetch,
    "list": _list,
    "verify": _verify,
    "remove": _remove,
    "help": _help,
}
