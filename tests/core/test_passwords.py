"""Passwords: each application hashes at its own cost, whatever others in the same process do."""

from __future__ import annotations

from flask import Flask

from grants.core import passwords


def test_each_application_hashes_at_its_own_cost() -> None:
    ours, theirs = Flask("ours"), Flask("theirs")
    passwords.install(ours, testing=True)
    passwords.install(theirs, testing=False)
    with ours.app_context():
        cheap = passwords.hashed("three green sprouts")
        assert not passwords.outdated(cheap)
    with theirs.app_context():
        assert passwords.outdated(cheap)
        assert passwords.matches(cheap, "three green sprouts")
        assert not passwords.matches(None, "nobody's")
        assert "$m=19456,t=2,p=1$" in passwords.hashed("three green sprouts")
