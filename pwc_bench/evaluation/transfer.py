"""Shards from a machine that does not see the first one's folder: over gloo, once, after the pass."""

import re
import struct

import numpy as np
import torch
import torch.distributed as dist

from pwc_bench.core.errors import EvaluationError
from pwc_bench.evaluation.shards import ShardFolder

_HEADER = struct.Struct("<qq")
"""The bytes of a file's name and of its content; the end is a name of no bytes."""
_NAME = re.compile(r"\d{6,}/[\w.-]+\.(npz|json)")


def send_shards(folder: ShardFolder) -> None:
    """Send every file of `folder` to the first process, which calls `receive_shards`."""
    for path in sorted(folder.path.glob("*/*")):
        if path.suffix in (".npz", ".json"):
            name = path.relative_to(folder.path).as_posix().encode()
            content = path.read_bytes()
            _send(_HEADER.pack(len(name), len(content)))
            _send(name + content)
    _send(_HEADER.pack(0, 0))


def receive_shards(rank: int, folder: ShardFolder) -> None:
    """Write what the process of `rank` sends into `folder`; each file appears whole or not at all."""
    while True:
        name_bytes, content_bytes = _HEADER.unpack(_receive(_HEADER.size, rank))
        if not name_bytes:
            return
        payload = _receive(name_bytes + content_bytes, rank)
        name = payload[:name_bytes].decode(errors="replace")
        if not _NAME.fullmatch(name):
            raise EvaluationError(f"rank {rank} sends {name!r}, which is no shard: give every machine the same version")
        path = folder.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".writing")
        beside.write_bytes(payload[name_bytes:])
        beside.replace(path)


def _send(content: bytes) -> None:
    dist.send(torch.from_numpy(np.frombuffer(content, np.uint8).copy()), dst=0)


def _receive(size: int, rank: int) -> bytes:
    buffer = torch.empty(size, dtype=torch.uint8)
    dist.recv(buffer, src=rank)
    return buffer.numpy().tobytes()
