"""Where things lie: in a checkout, or packed inside an installed package."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
BESIDE = PACKAGE.parent


def resource_dir(name: str) -> Path:
    """Folder `migrations`, `templates` or `static`."""
    packed = PACKAGE / f"_{name}"
    return packed if packed.is_dir() else BESIDE / name


def is_checkout() -> bool:
    return (BESIDE / "requirements").is_dir()


def demonstration_folder() -> Path:
    """`instance/demo` of the checkout, or of the current folder when installed as a package."""
    return (BESIDE if is_checkout() else Path.cwd()) / "instance" / "demo"
