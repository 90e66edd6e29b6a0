"""Describe what can be opened, and read it from TOML data."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import SplitResult, urlsplit

from voice_assistant.commands.decision import Argv
from voice_assistant.commands.normalise import key
from voice_assistant.errors import ConfigError

PLATFORMS = ("linux", "windows", "macos")
_PLATFORM_NAMES = {"win32": "windows", "darwin": "macos"}
_QUERY = "{query}"


@dataclass(frozen=True, slots=True)
class Entry:
    """Describe an app or a site of the catalogue.

    Attributes:
        kind: `app` or `site`.
        name: what people say; unique in its catalogue.
        aliases: what else they say.
        commands: for an app, the argument lists of each platform, best first.
        url: for a site, its address.
        search: for a site, the address of its search, with `{query}` in it.
        of_user: whether it is the user's own.
    """

    kind: Literal["app", "site"]
    name: str
    aliases: tuple[str, ...] = ()
    commands: Mapping[str, tuple[Argv, ...]] = field(default_factory=dict)
    url: str | None = None
    search: str | None = None
    of_user: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Return the name and the aliases."""
        return (self.name, *self.aliases)


def this_platform() -> str:
    """Return the one of `PLATFORMS` that this is; any other Unix counts as Linux."""
    return _PLATFORM_NAMES.get(sys.platform, "linux")


def read_entries(data: Mapping[str, Any], *, of_user: bool = False) -> list[Entry]:
    """Return the entries of a parsed `apps.toml`, `sites.toml` or `commands.toml`, in their order.

    Raises:
        ConfigError: `CONFIG_INVALID`, with the entry and what is wrong with it.
    """
    unknown = set(data) - {"app", "site"}
    if unknown:
        raise _invalid(f"unknown table [[{sorted(unknown)[0]}]]: use [[app]] and [[site]]")
    entries = [_app(row, of_user) for row in _rows(data, "app")]
    return entries + [_site(row, of_user) for row in _rows(data, "site")]


def _rows(data: Mapping[str, Any], table: str) -> list[dict[str, Any]]:
    rows = data.get(table, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _invalid(f"write [[{table}]] with two brackets on each side")
    return rows


def _app(row: dict[str, Any], of_user: bool) -> Entry:
    name, aliases = _names(row, {"name", "aliases", "command"})
    command = row.get("command")
    if isinstance(command, dict):
        if unknown := set(command) - set(PLATFORMS):
            raise _invalid(f"{name}: unknown platform {sorted(unknown)[0]}")
        per_platform = {platform: _argvs(name, value) for platform, value in command.items()}
    else:
        per_platform = dict.fromkeys(PLATFORMS, _argvs(name, command))
    return Entry("app", name, aliases, MappingProxyType(per_platform), of_user=of_user)


def _site(row: dict[str, Any], of_user: bool) -> Entry:
    name, aliases = _names(row, {"name", "aliases", "url", "search"})
    url, search = row.get("url"), row.get("search")
    _web_address(name, "url", url)
    if search is not None:
        address = _web_address(name, "search", search)
        if search.count(_QUERY) != 1 or _QUERY in address.netloc:
            raise _invalid(f"{name}: search needs {_QUERY} exactly once, after the host")
    return Entry("site", name, aliases, url=url, search=search, of_user=of_user)


def _names(row: dict[str, Any], known: set[str]) -> tuple[str, tuple[str, ...]]:
    name, aliases = row.get("name"), row.get("aliases", [])
    if not isinstance(name, str) or not key(name):
        raise _invalid("an entry has no name that can be said")
    if unknown := set(row) - known:
        raise _invalid(f"{name}: unknown key {sorted(unknown)[0]}")
    if not isinstance(aliases, list) or not all(isinstance(alias, str) for alias in aliases):
        raise _invalid(f'{name}: aliases must be a list of texts, as in ["WeChat", "威信"]')
    return name.strip(), tuple(aliases)


def _argvs(name: str, value: object) -> tuple[Argv, ...]:
    """Read one argument list, or a list of them."""
    if not isinstance(value, list):
        raise _invalid(f'{name}: command must be a list, as in ["wechat"], never one line')
    lists: Sequence[object] = value if value and isinstance(value[0], list) else [value]
    for argv in lists:
        if not isinstance(argv, list) or not argv or not all(map(_is_argument, argv)):
            raise _invalid(f'{name}: command must be a list of texts, as in ["code", "-n"]')
    return tuple(tuple(argv) for argv in lists if isinstance(argv, list))


def _is_argument(value: object) -> bool:
    return isinstance(value, str) and value != "" and "\0" not in value


def _web_address(name: str, field: str, url: object) -> SplitResult:
    wrong = _invalid(f"{name}: {field} must be an address that begins with http:// or https://")
    if not isinstance(url, str) or not url.isprintable() or " " in url:
        raise wrong
    try:
        parts = urlsplit(url)
        # Reading the port is what checks it.
        if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0:
            return parts
    except ValueError as error:
        raise wrong from error
    raise wrong


def _invalid(detail: str) -> ConfigError:
    return ConfigError("CONFIG_INVALID", detail=detail)
