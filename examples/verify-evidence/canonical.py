"""Canonical JSON (RFC 8785), and strict base64 of both alphabets."""

import base64
import json
import re

# Integers beyond this are doubles to RFC 8785, and may lose digits.
INTEGER_MAX = 2**53 - 1

_dump_string = json.JSONEncoder(ensure_ascii=False).encode
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


def _reject_constant(name):
    raise ValueError(f"{name} is no JSON")


def _reject_doubled_names(pairs):
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name twice in one object")
    return value


_DECODER = json.JSONDecoder(parse_constant=_reject_constant, object_pairs_hook=_reject_doubled_names)


def parse(data):
    """The value of a JSON text in UTF-8. Raises a ValueError."""
    try:
        return _DECODER.decode(data.decode("utf-8"))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _dump_float(number):
    if number == 0:
        return "0"
    digits, _, exponent = repr(abs(number)).partition("e")
    whole, _, fraction = digits.partition(".")
    fraction = "" if fraction == "0" else fraction
    point = len(whole) + int(exponent or 0)
    text = whole + fraction
    stripped = text.lstrip("0")
    point -= len(text) - len(stripped)
    text = stripped.rstrip("0")
    sign = "-" if number < 0 else ""
    if len(text) <= point <= 21:
        return sign + text + "0" * (point - len(text))
    if 0 < point <= 21:
        return f"{sign}{text[:point]}.{text[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{text}"
    mantissa = text[0] + ("." + text[1:] if len(text) > 1 else "")
    return f"{sign}{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def dump(value):
    """The canonical text of a value as `parse` gives it."""
    if isinstance(value, str):
        return _dump_string(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value) if abs(value) <= INTEGER_MAX else _dump_float(float(value))
    if isinstance(value, float):
        return _dump_float(value)
    if isinstance(value, list):
        return "[" + ",".join(map(dump, value)) + "]"
    names = sorted(value) if all(map(str.isascii, value)) else sorted(value, key=lambda name: name.encode("utf-16-be"))
    return "{" + ",".join(f"{_dump_string(name)}:{dump(value[name])}" for name in names) + "}"


def canonical(value):
    """The canonical bytes of a value. Raises a ValueError where a string is not Unicode."""
    return dump(value).encode("utf-8")


def _decode_strictly(text, pattern, decode, encode):
    if not isinstance(text, str) or not pattern.fullmatch(text):
        raise ValueError("no base64")
    data = decode(text)
    if encode(data).rstrip(b"=") != text.encode().rstrip(b"="):
        raise ValueError("base64 with bits to spare")
    return data


def from_base64(text):
    """Bytes of base64 with padding (RFC 4648, section 4). Raises a ValueError."""
    return _decode_strictly(text, _BASE64, lambda it: base64.b64decode(it, validate=True), base64.b64encode)


def from_base64url(text):
    """Bytes of base64url without padding. Raises a ValueError."""
    return _decode_strictly(
        text, _BASE64URL, lambda it: base64.urlsafe_b64decode(it + "=" * (-len(it) % 4)), base64.urlsafe_b64encode
    )


def to_base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
