"""The detached signature of a report: JWS in compact form (RFC 7515) without its payload (appendix F), EdDSA (RFC 8037)."""

import ed25519
from canonical import canonical, from_base64url, parse, to_base64url

JWS_CHARACTERS_MAX = 4_096


def verify_detached(jws, content, keys):
    """The one of `keys` that signed `content` (bytes). JSON that was written anew verifies by its canonical form.
    Raises a ValueError."""
    parts = jws.split(".")
    if len(jws) > JWS_CHARACTERS_MAX or len(parts) != 3 or parts[1] != "":
        raise ValueError("no detached JWS")
    header = parse(from_base64url(parts[0]))
    # `crit` and other names could change what the signature means; there are none.
    if not isinstance(header, dict) or header.get("alg") != "EdDSA" or set(header) != {"alg", "kid"}:
        raise ValueError("a header of another kind")
    key = next((key for key in keys if key.kid == header["kid"]), None)
    if key is None:
        raise ValueError("by a key that is not believed")
    signature = from_base64url(parts[2])
    for payload in forms_of(content):
        if ed25519.verify(key.public, f"{parts[0]}.{to_base64url(payload)}".encode(), signature):
            return key
    raise ValueError("the signature is not of this content")


def forms_of(content):
    """The bytes themselves; then, of JSON that is not canonical, the canonical form."""
    yield content
    try:
        rewritten = canonical(parse(content))
    except ValueError:
        return
    if rewritten != content:
        yield rewritten
