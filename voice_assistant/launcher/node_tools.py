"""Install what checks the scripts in static/: ESLint, TypeScript and axe-core, from npm."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from voice_assistant.console import Console

# On Windows npm is a batch file, which only its whole name starts.
_NPM = shutil.which("npm") or "npm"

SCRIPT_CHECKS = {
    "eslint": (_NPM, "run", "--silent", "lint"),
    "tsc": (_NPM, "run", "--silent", "types"),
}
"""Names of checks, and their commands, as package.json has them."""

_INSTALL = (_NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund")


def install_node_tools(root: Path, console: Console) -> int:
    """Install what package-lock.json names, unless it is here already.

    Args:
        root: the folder of the checkout.
        console: where it is said what runs.

    Returns:
        npm's exit code.
    """
    lock = root / "package-lock.json"
    # npm writes this when it has finished.
    installed = root / "node_modules" / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return 0
    console.write("section", " ".join(("npm", *_INSTALL[1:])))
    return subprocess.run(_INSTALL, cwd=root, check=False).returncode
