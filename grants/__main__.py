"""The bootstrap: makes the virtual environment with the standard library alone, then hands over.

`python3 -m grants …` runs on a machine that has Python and pip and nothing else. It fetches uv (by
hash) into `.venv-tools`, builds `.venv`, installs the locked dependencies and goes on inside.
"""

import contextlib
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "requirements"
VENV = ROOT / ".venv"
TOOLS = ROOT / ".venv-tools"
STAMP = VENV / ".greenshoots"
NEED_DEV = {"test", "check-tree", "bench", "prove", "chaos", "translations"}
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")


def main() -> None:
    """Run the command line inside the environment, making or renewing that first when needed."""
    if not LOCKS.is_dir():  # installed as a package: whoever installed it chose the environment
        return run_here()
    wanted = "dev" if NEED_DEV & set(sys.argv[1:2]) or was_dev() else "run"
    ready = VENV.is_symlink() or up_to_date(wanted)  # a linked environment is its owner's business
    if ready and Path(sys.prefix).resolve() == VENV.resolve():
        return run_here()
    if not ready:
        try:
            prepare(wanted)
        except (OSError, subprocess.SubprocessError) as error:
            sys.exit(f"grants: the environment could not be made: {reason(error)}")
    return run_inside()


def run_here() -> None:
    from grants.commandline import main as commandline

    commandline()


def run_inside() -> None:
    """Replace this process by the same command in the environment, from any folder."""
    command = [str(PYTHON), "-m", "grants", *sys.argv[1:]]
    if WINDOWS:
        sys.exit(subprocess.call(command, env=environment()))
    os.execve(command[0], command, environment())


def environment() -> dict[str, str]:
    """Ours, with this checkout importable and compiled files kept for a fast start."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *python_path()])}
    return {name: value for name, value in env.items() if name != "PYTHONDONTWRITEBYTECODE"}


def python_path() -> list[str]:
    return [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p and p != str(ROOT)]


def digest(wanted: str) -> str:
    return f"{wanted} {hashlib.sha256((LOCKS / f'{wanted}.txt').read_bytes()).hexdigest()}"


def was_dev() -> bool:
    """A developer's environment stays one: a changed lock renews it and takes nothing away."""
    return STAMP.exists() and STAMP.read_text("utf-8").startswith("dev ")


def up_to_date(wanted: str) -> bool:
    """True when the environment was filled from this lock, or from the larger `dev` one."""
    if not (PYTHON.exists() and STAMP.exists()):
        return False
    return STAMP.read_text("utf-8").strip() in {digest(wanted), digest("dev")}


def prepare(wanted: str) -> None:
    with only_one(), step(f"environment ({wanted})"):
        if up_to_date(wanted):  # somebody else made it while we waited
            return
        install(str(LOCKS / f"{wanted}.txt"))
        write_entry_point()
        STAMP.write_text(digest(wanted), "utf-8")


def install(lock: str) -> None:
    """By uv; by pip where uv cannot, for want of a wheel or of this machine's certificates."""
    if uv_ready():
        for trust in ((), ("--system-certs",)):
            with contextlib.suppress(subprocess.CalledProcessError):
                return uv_install(lock, *trust)
    return pip_install(lock)


def write_entry_point() -> None:
    """`.venv/bin/grants` works from any folder, as it does where the package is installed."""
    site = next(VENV.glob("lib/python*/site-packages"), VENV / "Lib" / "site-packages")
    (site / "greenshoots.pth").write_text(f"{ROOT}\n", "utf-8")
    script = PYTHON.with_name("grants")
    script.write_text(f"#!{PYTHON}\nfrom grants.commandline import main\n\nmain()\n", "utf-8")
    script.chmod(0o755)


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Two first starts at once wait for each other."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / ".lock").open("w") as lock:
        if not WINDOWS:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    print(f"grants: {name} ready ({time.monotonic() - begun:.1f} s)", file=sys.stderr, flush=True)


def quietly(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a tool under the machine's package settings, less those that would bend our locks."""
    env = {**os.environ, "PIP_CONSTRAINT": os.devnull, "PIP_USER": "0", "PIP_NO_INPUT": "1"}
    env |= {"PIP_REQUIRE_VIRTUALENV": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    env |= {"PIP_ROOT_USER_ACTION": "ignore"}
    unwanted = ("UV_CONSTRAINT", "UV_OVERRIDE", "UV_EXCLUDE_NEWER", "PIP_TARGET", "PYTHONPATH")
    env = {name: value for name, value in env.items() if name not in unwanted}
    if not os.access(Path.home(), os.W_OK):
        env["UV_CACHE_DIR"] = str(TOOLS / "cache")
    return subprocess.run(
        command, check=True, capture_output=True, text=True, env=env, cwd=ROOT, timeout=1800
    )


def pip(*arguments: str) -> subprocess.CompletedProcess[str]:
    return quietly(sys.executable, "-m", "pip", *arguments)


def uv_ready() -> bool:
    """Fetch the pinned uv unless it is there; False where it has no wheel or does not run."""
    lock = LOCKS / "tools.txt"
    pin = lock.read_text("utf-8").split()[0].partition("==")[2]
    uv = str(TOOLS / "bin" / "uv")
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        if quietly(uv, "--version").stdout.split()[1] == pin:
            return True
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        flags = ("--quiet", "--require-hashes", "--only-binary", ":all:", "--upgrade")
        pip("install", *flags, "--target", str(TOOLS), "-r", str(lock))
        return bool(quietly(uv, "--version").stdout)
    return False


def uv_install(lock: str, *trust: str) -> None:
    uv = (str(TOOLS / "bin" / "uv"), "--quiet", "--no-config", "--no-python-downloads", *trust)
    if not PYTHON.exists():
        quietly(*uv, "venv", "--clear", "--python", sys.executable, str(VENV))
    index = [] if {"UV_INDEX_URL", "UV_DEFAULT_INDEX"} & set(os.environ) else pip_index()
    options = ("--require-hashes", "--link-mode", "hardlink", "--python", str(PYTHON))
    quietly(*uv, "pip", "sync", *options, *index, lock)


def pip_index() -> list[str]:
    """A mirror set for pip serves uv too, which does not read pip's settings by itself."""
    with contextlib.suppress(subprocess.CalledProcessError):
        return ["--default-index", pip("config", "get", "global.index-url").stdout.strip()]
    return []


def pip_install(lock: str) -> None:
    """The slow road for machines without a uv wheel; needs no ensurepip either."""
    if not PYTHON.exists():
        quietly(sys.executable, "-m", "venv", "--without-pip", str(VENV))
    pip("--python", str(PYTHON), "install", "--quiet", "--require-hashes", "-r", lock)


def reason(error: Exception) -> str:
    """The tool's last words, fit for one line."""
    words = str(getattr(error, "stderr", "") or error).strip().splitlines()
    return words[-1] if words else str(error)


if __name__ == "__main__":
    main()
