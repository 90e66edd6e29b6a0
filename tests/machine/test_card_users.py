from __future__ import annotations

import os

import psutil

from voice_assistant.machine.card import Card
from voice_assistant.machine.card_users import User, describe, find_users

NOBODY = 2**22 + 1
"""More than Linux's highest process id."""


def test_the_greediest_comes_first_and_a_lost_process_keeps_its_number() -> None:
    me = os.getpid()
    card = Card("simulated", 1000, 400, 600, {me: 100, NOBODY: 300})
    assert find_users(card) == [User("", NOBODY, 300), User(psutil.Process(me).name(), me, 100)]


def test_what_the_driver_does_not_say_is_left_out() -> None:
    users = [User("a", 1, 2_400_000), User("", 2, 3_000_000), User("b", 3, 0), User("", 4, 0)]
    assert describe(users) == "a 2 MB, pid 2 3 MB, b"
    assert describe([]) == ""
