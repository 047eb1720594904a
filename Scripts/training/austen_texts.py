"""The six novels of Jane Austen as paragraphs, from Debian's package r-cran-janeaustenr 1.0.0-1."""

import re
import struct
import tempfile
import zlib

from debian_packages import fetch, member

PACKAGE = "r-cran-janeaustenr"
HELD_OUT = 20   # the last one in so many paragraphs of each novel


def lines(serialized):
    """The strings of one R object: XDR serialization, of which character vectors are all that is needed here."""
    found, at = [], 14
    if struct.unpack(">i", serialized[2:6])[0] == 3:
        at += 4 + struct.unpack(">i", serialized[14:18])[0]
    kind, count = struct.unpack(">ii", serialized[at:at + 8])
    if kind & 255 != 16:
        return []
    at += 8
    for _ in range(count):
        length = struct.unpack(">i", serialized[at + 4:at + 8])[0]
        found.append(serialized[at + 8:at + 8 + max(0, length)].decode("utf-8"))
        at += 8 + max(0, length)
    return found


def novels(package):
    """Each novel as its lines. An entry of the database: its size, four bytes, and a zlib stream."""
    data, at, found = member(package, "data/Rdata.rdb"), 0, []
    while at < len(data):
        stream = zlib.decompressobj()
        found.append(lines(stream.decompress(data[at + 4:])))
        at = len(data) - len(stream.unused_data)
    return [novel for novel in found if len(novel) > 1000]


def paragraphs(novel):
    text = "\n".join(line.strip() for line in novel)
    for part in re.split(r"\n{2,}", text):
        part = " ".join(part.replace("_", "").split())
        # No headings, nor what is set all in capitals.
        if len(part) > 40 and part != part.upper() and not re.match(r"(CHAPTER|Chapter|VOLUME|THE END)\b", part):
            yield part


def split(package=None):
    """Paragraphs for training and those held out: the end of each novel."""
    train, held_out = [], []
    with tempfile.TemporaryDirectory() as directory:
        for novel in novels(package or fetch(PACKAGE, directory)):
            parts = list(paragraphs(novel))
            cut = len(parts) - len(parts) // HELD_OUT
            train += parts[:cut]
            held_out += parts[cut:]
    return train, held_out
