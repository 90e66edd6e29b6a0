"""Hold how far a better model is, as values, and the only ways that lead from one to the next."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from typing_extensions import assert_never

from voice_assistant.errors import ModelError
from voice_assistant.models.events import DownloadProgress


@dataclass(frozen=True, slots=True)
class Progress:
    """Hold how much of a model is here.

    Attributes:
        size: bytes of all its files.
        done: bytes that are here.
        rate: bytes per second, when it was last fetched.
        left_s: seconds it will take; `None` while that is not known.
    """

    size: int
    done: int = 0
    rate: float = 0.0
    left_s: float | None = None


@dataclass(frozen=True, slots=True)
class Undecided:
    """Tell that nobody knows yet whether there is a better model."""


@dataclass(frozen=True, slots=True)
class NothingBetter:
    """Tell that no better model is known than what is here."""


@dataclass(frozen=True, slots=True)
class Offered:
    """Hold a model that a person may have, and the bytes to fetch."""

    model: str
    size: int

    @property
    def progress(self) -> Progress:
        """Return that all of it is missing."""
        return Progress(self.size)


@dataclass(frozen=True, slots=True)
class Declined:
    """Hold a model that somebody does not want, and what had come before they said so."""

    model: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class Fetching:
    """Hold a model that is being fetched, and how far it is."""

    model: str
    progress: Progress

    def moved(self, event: DownloadProgress) -> Fetching:
        """Return it with what the downloader has told."""
        return Fetching(self.model, Progress(event.total, event.done, event.rate, event.left_s))

    def ended(self, error: ModelError | None) -> Fetched | Failed:
        """Return what an attempt came to that ended with an error, or without one."""
        if error is not None:
            return Failed(self.model, self.progress, error)
        return Fetched(self.model, replace(self.progress, left_s=None))


@dataclass(frozen=True, slots=True)
class Fetched:
    """Hold a model that is here, though it may still have to be converted or loaded."""

    model: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class Failed:
    """Hold a model that could not be fetched or read, and why."""

    model: str
    progress: Progress
    error: ModelError


Found = NothingBetter | Offered | Fetched
"""What a search for a better model may come to."""

State = Undecided | Found | Declined | Fetching | Failed


def after_search(state: State, found: Found) -> State:
    """Return what a search leads to; somebody may have answered an earlier offer meanwhile."""
    match state:
        case Undecided() | NothingBetter() | Offered():
            return found
        case Declined() | Fetching() | Fetched() | Failed():
            return state
        case _:
            assert_never(state)


def after_answer(state: State, *, agreed: bool) -> Fetching | Declined | None:
    """Return what an answer leads to; `None` if there is nothing to answer."""
    match state:
        case Undecided() | NothingBetter() | Fetched():
            return None
        case Fetching() if agreed:
            return None
        case Offered() | Declined() | Fetching() | Failed():
            follows = Fetching if agreed else Declined
            return follows(state.model, state.progress)
        case _:
            assert_never(state)


def after_arrival(state: State, models: Collection[str]) -> State:
    """Return what it leads to that models were put here; one that is here is not offered."""
    match state:
        case Undecided() | NothingBetter():
            return state
        case Fetching():  # its download tells when all of it is here
            return state
        case Offered() | Declined() | Fetched() | Failed():
            return Fetched(state.model, state.progress) if state.model in models else state
        case _:
            assert_never(state)


def after_failed_conversion(state: State, model: str, error: ModelError) -> Failed | None:
    """Return what it leads to that a model cannot be converted; `None` if it changes nothing."""
    if isinstance(state, Fetched) and state.model == model:
        return Failed(model, replace(state.progress, done=0), error)
    return None


@dataclass(frozen=True, slots=True)
class FetchStatus:
    """Hold how far a better model is, as `/health` and the terminal show it.

    Attributes:
        state: `none` if there is no better one, or it is here, or nobody knows yet.
        model: its name, if there is one.
        size: bytes to fetch.
        done: bytes that are here.
        rate: bytes per second.
        left_s: seconds it will take; `None` while that is not known.
        error: why it is not here.
    """

    state: Literal["none", "offered", "declined", "fetching", "fetched", "failed"] = "none"
    model: str | None = None
    size: int = 0
    done: int = 0
    rate: float = 0.0
    left_s: float | None = None
    error: ModelError | None = None


def status_of(state: State) -> FetchStatus:
    """Return a state as it is shown."""
    match state:
        case Undecided() | NothingBetter():
            return FetchStatus()
        case Offered(model, size):
            return FetchStatus("offered", model, size)
        case Declined(model, at):
            return FetchStatus("declined", model, at.size, at.done, at.rate, at.left_s)
        case Fetching(model, at):
            return FetchStatus("fetching", model, at.size, at.done, at.rate, at.left_s)
        case Fetched(model, at):
            return FetchStatus("fetched", model, at.size, at.done, at.rate, at.left_s)
        case Failed(model, at, error):
            return FetchStatus("failed", model, at.size, at.done, at.rate, at.left_s, error)
        case _:
            assert_never(state)
