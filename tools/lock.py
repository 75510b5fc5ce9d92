"""Resolve requirements*.in into fully pinned requirements*.txt (`make lock`).

pip resolves and reports without installing anything; the development file repeats none of the application's pins,
it begins with `-r requirements.txt`.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTE = "# Written by `make lock` from {source}: every version pinned, transitive ones too. Do not edit by hand.\n"


def resolve(*arguments: str) -> dict[str, str]:
    """The name and version of every package that pip would install for these arguments."""
    command = [sys.executable, "-m", "pip", "install", "-qq", "--dry-run", "--ignore-installed", "--report", "-"]
    report = subprocess.run([*command, *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    packages = [entry["metadata"] for entry in json.loads(report)["install"]]
    return {package["name"].lower().replace("_", "-"): package["version"] for package in packages}


def write(target: str, first_line: str, pins: dict[str, str]) -> None:
    lines = [f"{name}=={version}\n" for name, version in sorted(pins.items())]
    (ROOT / target).write_text(first_line + "".join(lines))


def main() -> None:
    application = resolve("-r", "requirements.in")
    write("requirements.txt", NOTE.format(source="requirements.in"), application)
    everything = resolve("-r", "requirements-dev.in", "-c", "requirements.txt")
    development = {name: version for name, version in everything.items() if name not in application}
    write("requirements-dev.txt", "-r requirements.txt\n" + NOTE.format(source="requirements-dev.in"), development)


if __name__ == "__main__":
    main()
