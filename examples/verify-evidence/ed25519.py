"""Ed25519 verification after RFC 8032, section 5.1.7. It verifies only: no secret passes through it, so it need not be constant in time."""

import hashlib

KEY_BYTES = 32
SIGNATURE_BYTES = 64

FIELD = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, FIELD) % FIELD
SQRT_MINUS_ONE = pow(2, (FIELD - 1) // 4, FIELD)

# Points are (X, Y, Z, T) with x = X/Z, y = Y/Z and xy = T/Z (RFC 8032, section 5.1.4).
NEUTRAL = (0, 1, 1, 0)


def _add(left, right):
    a = (left[1] - left[0]) * (right[1] - right[0]) % FIELD
    b = (left[1] + left[0]) * (right[1] + right[0]) % FIELD
    c = 2 * left[3] * right[3] * D % FIELD
    d = 2 * left[2] * right[2] % FIELD
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % FIELD, g * h % FIELD, f * g % FIELD, e * h % FIELD


def _multiply(scalar, point):
    product = NEUTRAL
    while scalar > 0:
        if scalar & 1:
            product = _add(product, point)
        point = _add(point, point)
        scalar >>= 1
    return product


def _x_of(y, sign):
    """The x of a point with this y; None where there is none."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, FIELD) % FIELD
    x = pow(square, (FIELD + 3) // 8, FIELD)
    if (x * x - square) % FIELD != 0:
        x = x * SQRT_MINUS_ONE % FIELD
    if (x * x - square) % FIELD != 0 or (x == 0 and sign == 1):
        return None
    return x if x & 1 == sign else FIELD - x


def _decode(data):
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    x = None if y >= FIELD else _x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % FIELD)


def _encode(point):
    inverse = pow(point[2], -1, FIELD)
    x, y = point[0] * inverse % FIELD, point[1] * inverse % FIELD
    return (y | (x & 1) << 255).to_bytes(KEY_BYTES, "little")


_BASE_Y = 4 * pow(5, -1, FIELD) % FIELD
_BASE_X = _x_of(_BASE_Y, 0)
BASE = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % FIELD)


def verify(public_key, message, signature):
    """True where `signature` (64 bytes) over `message` is by `public_key` (32 bytes). Anything malformed is False."""
    if len(public_key) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    point = _decode(public_key)
    scalar = int.from_bytes(signature[KEY_BYTES:], "little")
    if point is None or scalar >= ORDER:
        return False
    commitment = signature[:KEY_BYTES]
    challenge = int.from_bytes(hashlib.sha512(commitment + public_key + message).digest(), "little") % ORDER
    negated = (FIELD - point[0], point[1], 1, FIELD - point[3])
    return _encode(_add(_multiply(scalar, BASE), _multiply(challenge, negated))) == commitment
