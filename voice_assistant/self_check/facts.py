"""Hold what the self-check finds out; nothing here looks or judges."""

from __future__ import annotations

from dataclasses import dataclass

from voice_assistant.choice.fit import card_to_use
from voice_assistant.machine.card import Card, Driver
from voice_assistant.machine.card_users import User
from voice_assistant.machine.installed_torch import Installed
from voice_assistant.machine.torch_builds import Capability


@dataclass(frozen=True, slots=True)
class Probe:
    """Hold what torch says about itself and the card, in a process of its own.

    Attributes:
        version: of torch.
        cuda: that it was built for; empty if it is for CPUs only.
        available: whether it can use a card.
        architectures: compute capabilities that it has code for.
        card: the card's name; empty if it cannot use one.
        capability: of that card.
        total: the card's memory in bytes.
        said: what torch complained about.
    """

    version: str
    cuda: str
    available: bool
    architectures: tuple[Capability, ...] = ()
    card: str = ""
    capability: Capability = (0, 0)
    total: int = 0
    said: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """Hold how a small real recognition went, in a process of its own; sizes in bytes.

    Attributes:
        engine: `torch` or `ctranslate2`.
        model: its name.
        device: `cuda` or `cpu`.
        compute_type: form of its weights.
        problem: why there is no result; empty if there is one.
        load_s: to start the process, load the model and warm it.
        recognition_ms: of the packaged clip, once warm.
        text: what was understood.
        allocated: of the card, by tensors, at the peak.
        reserved: of the card, by torch, at the peak; what the cap is about.
        on_card: of the card, by the process, as the driver counts it, CUDA's own included.
        resident: memory of the process.
    """

    engine: str
    model: str
    device: str
    compute_type: str
    problem: str = ""
    load_s: float = 0.0
    recognition_ms: float = 0.0
    text: str = ""
    allocated: int = 0
    reserved: int = 0
    on_card: int = 0
    resident: int = 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """Name what the service would load.

    Attributes:
        model: its name; empty if there is none.
        engine: that runs it.
        device: `cuda` or `cpu`.
        compute_type: form of its weights.
        refused: the code of the error and what it names, why there is nothing better.
    """

    model: str
    engine: str = ""
    device: str = ""
    compute_type: str = ""
    refused: tuple[str, dict[str, str | float]] | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Hold what there is.

    Attributes:
        platform: as `sys.platform` has it.
        system: name and version of the operating system.
        python: version.
        driver: of NVIDIA's; `None` without its library.
        cards: as the driver tells.
        users: of the card to use.
        nvidia_in_pci: whether the system lists a card of NVIDIA's, with or without a driver.
        hidden: `CUDA_VISIBLE_DEVICES`, if that hides every card.
        installed: torch, as its files tell.
        probe: torch, as it tells itself, if it is built for cards.
        on_card: the trial on the card, if there was one.
        on_cpu: the trial without it, if there was no other that worked.
        fraction: share of the card that is promised not to be exceeded.
        lacking: bytes that the trial's model lacks on the card; 0 if it fits.
        chosen: what the service would load.
    """

    platform: str
    system: str
    python: str
    driver: Driver | None
    cards: tuple[Card, ...]
    users: tuple[User, ...]
    nvidia_in_pci: bool
    hidden: str | None
    installed: Installed | None
    probe: Probe | None
    on_card: Trial | None
    on_cpu: Trial | None
    fraction: float
    lacking: int
    chosen: Chosen

    @property
    def card(self) -> Card | None:
        """Return the card to use, if the driver tells of one."""
        return card_to_use(self.cards)

    @property
    def has_card(self) -> bool:
        """Return whether this computer has a card of NVIDIA's."""
        seen = self.probe is not None and self.probe.available
        troubled = self.driver is not None and bool(self.driver.problem)
        return bool(self.cards) or self.nvidia_in_pci or seen or troubled

    @property
    def works(self) -> bool:
        """Return whether something was recognised on the card."""
        return self.on_card is not None and not self.on_card.problem
