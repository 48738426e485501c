"""Lines of `entries.jsonl`: their form, and the fields of an event."""

import re
from datetime import date

from canonical import canonical, from_base64, parse

LINE_BYTES_MAX = 65_536
MS_PER_DAY = 86_400_000

SOURCES = ("live", "lease", "fallback")
MODES = ("live", "test")

WHOLE_MAX = 2**53 - 1

_COMMITMENT = re.compile(r"[A-Za-z0-9_-]{43}")
_WALL_TIME = r"(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)"
_HOURS = re.compile(f"{_WALL_TIME}-{_WALL_TIME}", re.ASCII)
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)\.(\d{3})Z", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EPOCH = date(1970, 1, 1).toordinal()


def instant_ms(text):
    """Milliseconds since 1970 of an instant. Raises a ValueError."""
    match = _INSTANT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("no instant")
    day = date.fromisoformat(match[1]).toordinal() - _EPOCH
    return day * MS_PER_DAY + ((int(match[2]) * 60 + int(match[3])) * 60 + int(match[4])) * 1_000 + int(match[5])


def day_number(text):
    """Days since 1970 of a calendar day. Raises a ValueError."""
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        raise ValueError("no day")
    return date.fromisoformat(text).toordinal() - _EPOCH


def _text(value):
    return isinstance(value, str) and value != ""


def _whole(value):
    return type(value) is int and abs(value) <= WHOLE_MAX


def _count(value):
    return _whole(value) and value >= 0


def _instant(value):
    return instant_ms(value) is not None


def _commitment(value):
    return isinstance(value, str) and _COMMITMENT.fullmatch(value) is not None


def _hours(value):
    return isinstance(value, str) and _HOURS.fullmatch(value) is not None


def _one_of(*words):
    return lambda value: isinstance(value, str) and value in words


def _or_none(check):
    return lambda value: value is None or check(value)


def _per_account(check):
    names = ("game", "provider", "agent", "person")
    return lambda value: isinstance(value, dict) and all(name in value and check(value[name]) for name in names)


def _policy(value):
    if not isinstance(value, dict) or not _text(value.get("id")) or not _whole(value.get("version")):
        return False
    return "hash" not in value or _text(value["hash"])


_INTERVAL = {"from": _instant, "to": _instant}

DATA = {
    "opened": {},
    "denied": {"reason": _text},
    "play": {**_INTERVAL, "leasedMs": _count},
    "merged": {**_INTERVAL, "previous": _commitment},
    "gap": _INTERVAL,
    "paused": {},
    "resumed": {},
    "warned": {"leftMs": _whole},
    "ended": {
        "cause": _text,
        "limitAt": _or_none(_instant),
        "orderedAt": _or_none(_instant),
        "overrunMs": _count,
        "gaps": _count,
    },
    "overrun": {"overrunMs": _count},
    "closed": {
        "reason": _text,
        "clientEndedAt": _or_none(_instant),
        "verdictSeq": _or_none(_count),
        "overrunMs": _count,
    },
    "corrected": {"correctionId": _text, "deltaMs": _whole, "author": _text, "reasonHash": _text},
    "unreadable": {"fieldsHash": _text},
}
_USED = {"usedMs": _per_account(_count)}
_USED_AND_LIMIT = {**_USED, "limitMs": _per_account(_or_none(_whole))}
OPTIONAL_DATA = {
    "opened": _USED_AND_LIMIT,
    "denied": _USED,
    "ended": {**_USED_AND_LIMIT, "reason": _text, "by": _text},
    "corrected": {"game": _text, "bonusMs": _whole, "undoes": _text},
}
OPTIONAL = {
    **dict.fromkeys(("session", "game", "agent", "province", "station"), _text),
    "hours": _hours,
    "band": _one_of("under_12", "12_15", "16_17", "adult"),
    "assurance": _one_of("declared", "attested", "document", "wallet"),
    "protocol": _one_of("client", "server"),
    "policy": _policy,
}
OF_PERSON = {"mode": _one_of(*MODES), "provider": _text, "person": _commitment, "player": _commitment}

OF_WORLD_AND_GAME = ("provider", "mode", "game")
OF_SESSION = (*OF_WORLD_AND_GAME, "person", "agent", "station")


class Sessions:
    """Whose a session is and where it is played stays as it began. Sessions are remembered until they are closed."""

    def __init__(self):
        self._known = {}

    def check(self, event):
        """Raises a ValueError where the entry says something else than its session began with."""
        session, kind = event.get("session"), event["kind"]
        if session is None or kind == "unreadable":
            return
        # Told by the token of the session alone: it names neither person nor station.
        is_by_token = event["source"] == "fallback" and kind != "opened"
        known = self._known.get(session)
        if kind == "closed":
            self._known.pop(session, None)
        elif known is None and not is_by_token:
            self._known[session] = {name: event.get(name) for name in OF_SESSION}
        for name in () if known is None else OF_WORLD_AND_GAME if is_by_token else OF_SESSION:
            if known[name] != event.get(name):
                raise ValueError(f"{name} is not that of its session")


HASH_BYTES = 32
_GONE_START = b'{"gone":true,'


def parse_gone(line, seq):
    """The leaf hash of an entry of which only that is left; None for a line of any other kind. Raises a ValueError for one
    of another `seq`."""
    if not line.startswith(_GONE_START):
        return None
    value = parse(line)
    if canonical(value) != line or value.keys() != {"gone", "leafHash", "seq"}:
        return None
    leaf_hash = from_base64(value["leafHash"])
    if len(leaf_hash) != HASH_BYTES or not _count(value["seq"]):
        return None
    if value["seq"] != seq:
        raise ValueError(f"seq is {value['seq']}, not {seq}")
    return leaf_hash


def parse_entry(line, seq):
    """The event of a line (bytes without the newline) that must have this `seq`. Raises a ValueError."""
    event = parse(line)
    if not isinstance(event, dict) or canonical(event) != line:
        raise ValueError("not canonical JSON of an event")
    if event.get("seq") != seq or not _count(event["seq"]):
        raise ValueError(f"seq is {event.get('seq')}, not {seq}")
    checks = DATA.get(event.get("kind")) if _text(event.get("kind")) else None
    data = event.get("data")
    if checks is None or not isinstance(data, dict) or not _text(event.get("entry")):
        raise ValueError("not the fields of an event")
    instant_ms(event.get("at"))
    day_number(event.get("date"))
    if event.get("source") not in SOURCES:
        raise ValueError("not the fields of an event")
    required = {} if event["kind"] == "unreadable" else OF_PERSON
    _check_fields(event, required, {**OF_PERSON, **OPTIONAL}, "")
    _check_fields(data, checks, OPTIONAL_DATA.get(event["kind"], {}), "data.")
    if checks.items() >= _INTERVAL.items() and data["from"] > data["to"]:
        raise ValueError("data.to is before data.from")
    return event


def _check_fields(values, required, optional, path):
    known = {**{name: check for name, check in optional.items() if name in values}, **required}
    for name, check in known.items():
        if name not in values or not check(values[name]):
            raise ValueError(f"{path}{name} is not there, or wrong")


def read_lines(path):
    """Each line without its newline. Raises a ValueError for one that is too long or has no newline."""
    with open(path, "rb") as file:
        while line := file.readline(LINE_BYTES_MAX + 1):
            if not line.endswith(b"\n"):
                raise ValueError("a line that is too long, or a last one without a newline")
            yield line[:-1]
