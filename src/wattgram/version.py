"""The version of the program; the catalog has one of its own."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.4.0"
