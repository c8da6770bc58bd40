"""What is computed from a paper: its digest and how many pages it fills."""

import hashlib
import textwrap
from collections.abc import Iterable
from typing import BinaryIO

from django.core.files import File

# A printed page in our print style: Letter paper, 11 point.
LINES_A_PAGE, CHARACTERS_A_LINE = 46, 92


def digest_of(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of_file(file: BinaryIO | File) -> str:
    """SHA-256 of a file's bytes, in hexadecimal; the file is read in parts, from where it stands."""
    digest = hashlib.sha256()
    while part := file.read(1 << 16):
        digest.update(part)
    return digest.hexdigest()


def digest_over(digests: Iterable[str]) -> str:
    """One digest for a set of papers, whatever their order."""
    return digest_of("\n".join(sorted(digests)))


def pages_of(text: str) -> int:
    """How many printed pages the text fills, estimated; at least one."""
    lines = sum(len(textwrap.wrap(line, CHARACTERS_A_LINE)) or 1 for line in text.splitlines())
    return max(1, -(-lines // LINES_A_PAGE))
