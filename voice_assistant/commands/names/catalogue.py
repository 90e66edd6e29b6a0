"""Find the entry that a spoken name means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from voice_assistant.commands.decision import Kind, Level
from voice_assistant.commands.names.entry import Entry
from voice_assistant.commands.names.sound_index import SoundIndex
from voice_assistant.commands.normalise import SPOKEN_DIGITS, key

_NUMERALS = frozenset("零一二三四五六七八九十两")
# Characters of what may sound like a name: the longest of the built-in ones has 23 (Internet
# Download Manager), the longest with Chinese in it 14.
_LONGEST_NAME = 24
# Choices for a person: to read more takes longer than to say the name again.
_MOST_SIMILAR = 3


class _Claim(NamedTuple):
    entry: Entry
    is_alias: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Hold the entries that a name may mean: one is an answer, more are a question."""

    entries: tuple[Entry, ...]
    level: Level


class Catalogue:
    """Hold everything that can be opened.

    Args:
        entries: most asked first. Where several share a name or alias, the user's own come first,
            then those whose very name it is, then apps; of the built-in ones the earlier has it. A
            built-in whose very name is the user's gives up its aliases, and its search if the
            user's has none.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = _with_searches(sorted(entries, key=lambda entry: not entry.of_user))
        self._claims: dict[str, list[_Claim]] = defaultdict(list)
        own: dict[str, dict[str, Entry]] = defaultdict(dict)
        for entry in self.entries:
            names = [key(name).translate(SPOKEN_DIGITS) for name in entry.names]
            if entry.of_user:
                # Of two with one name and kind the first counts: there is nothing to ask about.
                holders = [own[names[0]].setdefault(entry.kind, entry)]
            else:
                heirs = own.get(names[0], {})
                holders = [*heirs.values()] + [entry] * (entry.kind not in heirs)
            for index, name in enumerate(filter(None, names)):
                claims = self._claims[name]
                held = [claim.entry for claim in claims]
                claims += [_Claim(holder, index > 0) for holder in holders if holder not in held]
        self._sounds = SoundIndex(self._claims)
        self._with_pair: dict[str, list[str]] = defaultdict(list)
        self._starts = {name[:2] for name in self._claims}
        for name in self._claims:
            for index in range(len(name) - 1):
                self._with_pair[name[index : index + 2]].append(name)

    def exact(self, name: str, kind: Kind = None) -> tuple[Entry, ...]:
        """Return the entries of that name or alias, equally good.

        Args:
            name: normalised.
            kind: which kind is meant if both have the name.
        """
        claims = self._claims.get(name.replace(" ", "").translate(SPOKEN_DIGITS))
        if not claims:
            return ()
        if kind is not None:
            claims = [claim for claim in claims if claim.entry.kind == kind] or claims
        own = [claim for claim in claims if claim.entry.of_user]
        if not own:
            return (claims[0].entry,)
        nearest = min(claim.is_alias for claim in own)
        own = [claim for claim in own if claim.is_alias == nearest]
        apps = [claim for claim in own if claim.entry.kind == "app"]
        return tuple(claim.entry for claim in apps or own)

    def find(self, name: str, kind: Kind = None, *, near: bool = True) -> Found | None:
        """Return the entry of that name, else what sounds the same, else nearly the same.

        Args:
            name: normalised.
            kind: which kind is meant if both have the name.
            near: whether nearly the same will do.
        """
        name = name.replace(" ", "").translate(SPOKEN_DIGITS)
        if entries := self.exact(name, kind):
            return Found(entries, "exact")
        if name.isascii() or len(name) > _LONGEST_NAME:
            return None
        if same := self._sounds.same(name):
            return self._found(same, kind, "pinyin")
        if not near or not self._sounds.may_hold(name, wrong=2):
            return None
        alike = self._sounds.near(name, strict=self._has_name_inside(name))
        return self._found(alike, kind, "near_pinyin")

    def may_begin(self, text: str, *, by_sound: bool) -> bool:
        """Return whether a text may begin with what `exact` or `by_sound` finds; quick to say no.

        Args:
            text: normalised.
            by_sound: whether `by_sound` is to find it.
        """
        if by_sound:
            return self._sounds.may_begin(text.translate(SPOKEN_DIGITS))
        return text[:3].replace(" ", "")[:2].translate(SPOKEN_DIGITS) in self._starts

    def by_sound(self, name: str) -> Found | None:
        """Return what has the sound of the name or a near one; the name may end in mid-sentence.

        Args:
            name: normalised.
        """
        name = name.replace(" ", "").translate(SPOKEN_DIGITS)
        if name.isascii() or name[0] in _NUMERALS:
            return None
        if same := self._sounds.same(name):
            return self._found(same, None, "pinyin")
        return self._found(self._sounds.blurred(name), None, "near_pinyin")

    def _found(self, names: Iterable[str], kind: Kind, level: Level) -> Found | None:
        entries: list[Entry] = []
        for name in names:
            entries += [entry for entry in self.exact(name, kind) if entry not in entries]
        return Found(tuple(entries), level) if entries else None

    def similar(self, name: str) -> tuple[str, ...]:
        """Return the names of entries that a name that is not known may have meant, best first.

        What contains the name or is contained in it, then what sounds a little like it.

        Args:
            name: normalised.
        """
        name = name.replace(" ", "").translate(SPOKEN_DIGITS)
        starts = [i for i in range(len(name) - 1) if name[i : i + 2] in self._starts]
        inside = (name[i:j] for i in starts for j in range(len(name), i + 1, -1))
        related = [self._claims[part][0].entry.name for part in inside if part in self._claims]
        for longer in self._with_pair.get(name[:2], ()):
            if name in longer:
                related.append(self._claims[longer][0].entry.name)
        close = [] if name.isascii() else self._sounds.alike(name)
        alike = [self._claims[other][0].entry.name for other in close]
        return tuple(dict.fromkeys([*related, *alike]))[:_MOST_SIMILAR]

    def _has_name_inside(self, name: str) -> bool:
        # 打开百度失败 is 百度 and something more, and no mishearing of 百度识图.
        return any(
            name[:cut] in self._claims or name[cut:] in self._claims for cut in range(1, len(name))
        )

    def search_site(self) -> Entry | None:
        """Return the site that searches when none is named: the first built-in that can.

        A site of the user's takes over if it has that name; one of another name is for searches
        that name it.
        """
        builtin = (entry for entry in self.entries if entry.search and not entry.of_user)
        sites = (self.exact(key(entry.name), "site")[0] for entry in builtin)
        return next((site for site in sites if site.search), None)


def _with_searches(entries: list[Entry]) -> list[Entry]:
    searches = {key(site.name): site.search for site in entries if site.search and not site.of_user}
    return [
        replace(entry, search=searches.get(key(entry.name)))
        if entry.of_user and entry.kind == "site" and entry.search is None
        else entry
        for entry in entries
    ]
