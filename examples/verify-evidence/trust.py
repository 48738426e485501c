"""Whom to believe: from the keys given on the command line along the endorsements of `keys.json`."""

from dataclasses import dataclass

from canonical import from_base64url, parse
from entries import instant_ms
from signed_note import Key, parse_key, parse_note, signers_of

KEYS_MAX = 1_000
FIELDS = {"kty", "crv", "x", "kid", "alg", "use", "verifierKey", "signsFromAt", "signsUntilAt", "endorsement"}
ENDORSEMENT_TITLE = "playgate evidence key"


@dataclass(frozen=True)
class Published:
    """A key of `keys.json`, and what is signed of it and the key before (None: nothing)."""

    key: Key
    verifier_key: str
    endorsement: str | None


def read_published(data):
    """The keys of a `keys.json`, newest first. Raises a ValueError where it is no list of keys of one origin."""
    value = parse(data)
    if not isinstance(value, dict) or not isinstance(value.get("keys"), list) or len(value["keys"]) > KEYS_MAX:
        raise ValueError("no list of keys")
    if value.keys() != {"origin", "keys"} or not isinstance(value["origin"], str):
        raise ValueError("fields missing, or fields that a list of keys does not have")
    published = tuple(_published(item, value["origin"]) for item in value["keys"])
    _check_history(value["keys"])
    return published


def _check_history(items):
    """Newest first: each signs until the next newer one does. Raises a ValueError."""
    until = None
    for index, item in enumerate(items):
        starts = instant_ms(item["signsFromAt"])
        if item["signsUntilAt"] != until or (until is not None and instant_ms(until) < starts):
            raise ValueError(f"key {index} does not sign until the next one does")
        until = item["signsFromAt"]


def _published(item, origin):
    if not isinstance(item, dict) or not isinstance(item.get("verifierKey"), str):
        raise ValueError("no key")
    if item.keys() != FIELDS:
        raise ValueError("fields missing, or fields that a key does not have")
    key = parse_key(item["verifierKey"])
    fixed = {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": key.kid}
    if key.name != origin or any(item.get(name) != value for name, value in fixed.items()):
        raise ValueError("a key that does not agree with itself")
    endorsement = item.get("endorsement")
    if from_base64url(item.get("x")) != key.public or not isinstance(endorsement, str | None):
        raise ValueError("a key that does not agree with itself")
    return Published(key, item["verifierKey"], endorsement)


def is_endorsed(newer, older):
    """True where both keys signed that the one follows the other."""
    try:
        note = parse_note(newer.endorsement or "")
        signers = signers_of(note, (newer.key, older.key))
    except ValueError:
        return False
    text = f"{ENDORSEMENT_TITLE}\n{older.verifier_key}\n{newer.verifier_key}\n"
    return note.text == text and {newer.key, older.key} <= set(signers)


def believed_keys(given, published):
    """The given keys, and every published one that endorsements lead to from them."""
    is_believed = [any(_is_same(key, one.key) for key in given) for one in published]
    links = [is_endorsed(newer, older) for newer, older in zip(published, published[1:])]
    for index, is_good in enumerate(links):
        if is_good and is_believed[index]:
            is_believed[index + 1] = True
    for index in reversed(range(len(links))):
        if links[index] and is_believed[index + 1]:
            is_believed[index] = True
    return tuple(given) + tuple(one.key for one, known in zip(published, is_believed) if known and one.key not in given)


def _is_same(given, key):
    return given.public == key.public and given.name in (None, key.name)
