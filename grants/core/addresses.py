"""The address people use for this house, as it stands in mails and on papers."""

from __future__ import annotations

from flask import current_app


def full(path: str) -> str:
    """A path of ours as anyone may type it: `https://grants.example.org/check/7QK2…`."""
    return f"{current_app.extensions['grants.settings'].base_url}{path}"


def check_page(code: str) -> str:
    """Where a paper is compared with what we know of it; printed beside its code and inside its QR code."""
    return full(f"/check/{code}")
