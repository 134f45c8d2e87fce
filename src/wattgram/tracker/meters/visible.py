"""Which devices a process may use: CUDA_VISIBLE_DEVICES and its kin, as indices, UUIDs, MIG instances or nothing."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["visible"]


def visible(said: str | None, uuids: Sequence[str], parents: dict[str, str] | None = None) -> list[int]:
    """Indices of the devices that the variable leaves visible, in its order.

    The rules are CUDA's: unset is all; empty, `-1` or a word that names nothing ends the list; a UUID may be cut short
    as long as it is unique; a device named twice makes the list void.

    Parameters
    ----------
    said : the variable, None where it is not set
    uuids : UUID of every device, by index
    parents : for MIG instances, the UUID of the device each is part of
    """
    if said is None:
        return list(range(len(uuids)))
    found: list[int] = []
    instances: list[str] = []
    for word in (piece.strip() for piece in said.split(",")):
        index = _index(word, uuids, parents or {})
        if index is None:
            break
        if word.upper().startswith("MIG"):
            instances.append(word)
            if index in found:
                continue
        elif index in found:
            return []
        found.append(index)
    return found


def _index(word: str, uuids: Sequence[str], parents: dict[str, str]) -> int | None:
    if word.isdigit():
        return int(word) if int(word) < len(uuids) else None
    if word.upper().startswith("MIG-GPU-"):
        word = word[4:].partition("/")[0]
    elif word.upper().startswith("MIG"):
        word = parents.get(word, "")
    matches = [index for index, uuid in enumerate(uuids) if word and uuid.lower().startswith(word.lower())]
    return matches[0] if len(matches) == 1 else None
