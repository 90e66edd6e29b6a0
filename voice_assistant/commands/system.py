"""Find the action that a sentence asks of the computer itself."""

from __future__ import annotations

from collections.abc import Callable

from voice_assistant.commands.decision import CloseApp, Level, SystemAction
from voice_assistant.commands.names.catalogue import Catalogue
from voice_assistant.commands.normalise import as_said
from voice_assistant.commands.wordings.grammar import Grammar
from voice_assistant.commands.wordings.system import SystemWording


class SystemRequests:
    """Understand 锁屏, 音量调到五十 and 关闭微信.

    Args:
        grammar: the wordings.
        catalogue: what can be closed.
        platform: `linux`, `windows` or `macos`: whose argument lists are wanted.
    """

    def __init__(self, grammar: Grammar, catalogue: Catalogue, platform: str) -> None:
        self._wordings = grammar.system
        self._opening = grammar.opening
        self._politeness = grammar.politeness
        self._catalogue = catalogue
        self._platform = platform

    def read(
        self, core: str, text: str, fold: Callable[[str], str]
    ) -> SystemAction | CloseApp | None:
        """Return what a sentence without heads asks of the computer, if it does.

        Args:
            core: the sentence, folded.
            text: all that was said, as it was said.
            fold: what folded it into `core`.
        """
        for wording in self._politeness.without_tails(core):
            if (name := self._wordings.folder(wording)) is not None:
                return self._folder(name, text, fold)
            if meaning := self._wordings.exact(wording):
                return _acting(meaning, "exact")
            if meaning := self._wordings.by_sound(wording):
                return _acting(meaning, "pinyin")
            if closing := self._closing(wording):
                return closing
        return None

    def _folder(self, name: str, text: str, fold: Callable[[str], str]) -> SystemAction | None:
        if self._opening.is_question(name):
            return None
        *_, bare = self._politeness.without_tails(name)
        return _acting(SystemWording("新建文件夹", as_said(bare, text, fold) or None), "exact")

    def _closing(self, core: str) -> CloseApp | None:
        for rest in self._wordings.closed(core):
            for name, _ in self._opening.names(rest):
                found = self._catalogue.find(name, "app", near=False)
                if found and len(found.entries) == 1 and found.entries[0].kind == "app":
                    app = found.entries[0]
                    argvs = app.commands.get(self._platform, ())
                    return CloseApp(found.level, app.name, app.names, argvs, app.of_user)
        return None


def _acting(meaning: SystemWording, level: Level) -> SystemAction:
    return SystemAction(level, meaning.name, meaning.value, meaning.confirm)
