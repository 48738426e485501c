"""Signed notes (c2sp.org/signed-note), the checkpoints in them, and the keys that sign them."""

import hashlib
import re
from dataclasses import dataclass

import ed25519
from canonical import from_base64, to_base64url
from merkle import HASH_BYTES

NOTE_CHARACTERS_MAX = 65_536
SIGNATURES_MAX = 100
KEY_HASH_BYTES = 4
ED25519_TYPE = b"\x01"

_SIGNATURE_LINE = re.compile(r"— ([^\s+]+) (\S+)")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,15}")
_VERIFIER_KEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)")


@dataclass(frozen=True)
class Key:
    """A public key in the name of an origin; the name is None where nobody has said it."""

    name: str | None
    public: bytes

    def hash_for(self, name):
        return hashlib.sha256(name.encode() + b"\n" + ED25519_TYPE + self.public).digest()[:KEY_HASH_BYTES]

    @property
    def kid(self):
        thumbprint = '{"crv":"Ed25519","kty":"OKP","x":"%s"}' % to_base64url(self.public)
        return to_base64url(hashlib.sha256(thumbprint.encode()).digest())


@dataclass(frozen=True)
class Note:
    text: str
    # (name, key hash, signature) of each line.
    signatures: tuple


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes


def parse_key(text):
    """A key as `<origin>+<key hash>+<base64>` or as its 32 bytes in base64. Raises a ValueError."""
    match = _VERIFIER_KEY.fullmatch(text)
    data = from_base64(match[3] if match else text)
    if match is None:
        key = Key(None, data)
    else:
        key = Key(match[1], data[1:])
        if data[:1] != ED25519_TYPE or key.hash_for(match[1]).hex() != match[2]:
            raise ValueError("a key whose hash is another")
    if len(key.public) != ed25519.KEY_BYTES:
        raise ValueError("a key of another length")
    return key


def parse_note(text):
    """A note whose form is good; says nothing of its signatures. Raises a ValueError."""
    if len(text) > NOTE_CHARACTERS_MAX or _CONTROL.search(text):
        raise ValueError("no signed note")
    body, separator, lines = text.rpartition("\n\n")
    if not separator or not lines.endswith("\n"):
        raise ValueError("no signed note")
    signatures = []
    for line in lines[:-1].split("\n"):
        match = _SIGNATURE_LINE.fullmatch(line)
        data = from_base64(match[2]) if match else b""
        if len(data) <= KEY_HASH_BYTES:
            raise ValueError("a signature line that is none")
        signatures.append((match[1], data[:KEY_HASH_BYTES], data[KEY_HASH_BYTES:]))
    if len(signatures) > SIGNATURES_MAX:
        raise ValueError("too many signatures")
    return Note(body + "\n", tuple(signatures))


def signers_of(note, keys):
    """Those of `keys` whose signature is on the note. Raises a ValueError for a wrong signature in the name of one."""
    signers = []
    for name, key_hash, signature in note.signatures:
        for key in keys:
            if key.name not in (None, name) or key.hash_for(name) != key_hash:
                continue
            if not ed25519.verify(key.public, note.text.encode(), signature):
                raise ValueError(f"a wrong signature in the name of {name}")
            signers.append(key)
    return signers


def parse_checkpoint(text):
    """The checkpoint in the text of a note. Raises a ValueError."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] != "" or lines[0] == "" or not _DECIMAL.fullmatch(lines[1]):
        raise ValueError("no checkpoint")
    root = from_base64(lines[2])
    if len(root) != HASH_BYTES:
        raise ValueError("a root of another length")
    return Checkpoint(lines[0], int(lines[1]), root)


def open_checkpoint(text, keys):
    """The checkpoint of a note that one of `keys` signed in the name of its origin. Raises a ValueError."""
    note = parse_note(text)
    checkpoint = parse_checkpoint(note.text)
    of_origin = Note(note.text, tuple(line for line in note.signatures if line[0] == checkpoint.origin))
    if not signers_of(of_origin, keys):
        raise ValueError("no signature by a believed key")
    return checkpoint
