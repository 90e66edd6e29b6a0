#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""One click: prepare the environment, check the machine, serve; `--help` says more."""
# This file must parse on Python 2.7, so that an old Python says so instead of a SyntaxError:
# ruff: noqa: UP009, UP036

import sys

if __name__ == "__main__":
    if sys.version_info < (3, 10):
        version = sys.version.split()[0]
        sys.stderr.write(
            "需要 Python 3.10 或更新的版本，当前是 " + version + "。"
            "请从 https://www.python.org/downloads/ 安装，再用它运行，"
            "例如：python3.12 start.py\n"
            "Python 3.10 or newer is needed; this is " + version + ". "
            "Install it from https://www.python.org/downloads/ and run this with it, "
            "for example: python3.12 start.py\n"
        )
        sys.exit(1)

    from voice_assistant.launcher.main import main

    sys.exit(main(sys.argv[1:]))
