"""The user's settings: `WATTGRAM_WHERE`, `WATTGRAM_RUNS`, and the file `config.toml` in the folder for settings.

    where = "FR"
    runs = "/data/runs"

    [calibration.my-host]
    fixed_w = 57.0
    factor = 1.12

The folder is that of the system (`~/.config/wattgram` on Linux); `WATTGRAM_CONFIG` names another file.
"""

from __future__ import annotations

import os
from typing import Any

__all__ = ["calibration", "config_path", "read_config", "save_calibration", "setting"]


def config_path() -> str:
    """The file of settings, whether it is there or not."""
    named = os.environ.get("WATTGRAM_CONFIG")
    if named:
        return named
    if hasattr(os, "uname") and os.uname().sysname == "Linux":  # as platformdirs has it, without its 10 ms
        home = os.environ.get("XDG_CONFIG_HOME", "").strip() or os.path.expanduser("~/.config")
        return os.path.join(home, "wattgram", "config.toml")
    import platformdirs  # noqa: PLC0415 - only where no file is named

    return os.path.join(platformdirs.user_config_dir("wattgram"), "config.toml")


def read_config() -> dict[str, Any]:
    """What the file says; empty where it is missing or damaged."""
    try:
        with open(config_path(), "rb") as handle:
            text = handle.read()
    except (OSError, ImportError):
        return {}
    import tomllib  # noqa: PLC0415 - only where there is a file

    try:
        return tomllib.loads(text.decode("utf-8", "replace"))
    except tomllib.TOMLDecodeError:
        return {}


def setting(name: str) -> str | None:
    """A setting by its environment variable, else by the file; None where neither has it."""
    said = os.environ.get(f"WATTGRAM_{name.upper()}")
    if said:
        return said
    found = read_config().get(name)
    return str(found) if found else None


def calibration(host: str) -> tuple[float, float] | None:
    """Fixed draw [W] and factor on the sensors [1] of a host, from two wall-meter readings; None where it has none."""
    try:
        found = read_config()["calibration"][host]
        return float(found["fixed_w"]), float(found["factor"])
    except (TypeError, KeyError, ValueError):
        return None


def save_calibration(host: str, fixed_w: float, factor: float) -> str:
    """Write both numbers, fixed draw [W] and factor [1], for a host into the file, keeping the rest of it; the file's path."""
    path = config_path()
    config = read_config()
    config.setdefault("calibration", {})[host] = {"fixed_w": fixed_w, "factor": factor}
    lines = [f"{name} = {_toml(value)}" for name, value in config.items() if not isinstance(value, dict)]
    for name, one in config["calibration"].items():
        lines += [
            "",
            f"[calibration.{_toml(name)}]",
            *(f"{key} = {_toml(value)}" for key, value in one.items()),
        ]
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(f"{path}.new", "w", encoding="utf-8") as handle:
        handle.write("\n".join(lines).lstrip("\n") + "\n")
    os.replace(f"{path}.new", path)
    return path


def _toml(value: object) -> str:
    import json  # noqa: PLC0415 - TOML's strings and numbers are JSON's

    return json.dumps(value)
