"""The tree of RFC 6962, section 2.1, and the proofs of docs/evidence.md. Hashes are 32 bytes; sizes count leaves."""

import hashlib

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(leaf):
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The complete subtrees over the leaves so far, so that a root takes no more memory than the height of the tree."""

    def __init__(self):
        self.size = 0
        self._subtrees = []

    def append(self, leaf):
        """Adds the hash of a leaf."""
        self.append_subtree(leaf, 1)

    def append_subtree(self, subtree, width):
        """Adds the root of a complete subtree of `width` leaves, a power of two that divides the size so far.
        Raises a ValueError where it does not."""
        if width & (width - 1) or self.size % width:
            raise ValueError("a subtree that does not fit where it stands")
        self.size += width
        while self._subtrees and self._subtrees[-1][1] == width and self.size % (2 * width) == 0:
            subtree = node_hash(self._subtrees.pop()[0], subtree)
            width *= 2
        self._subtrees.append((subtree, width))

    def root(self):
        if not self._subtrees:
            return EMPTY_ROOT
        root = self._subtrees[-1][0]
        for subtree, _ in reversed(self._subtrees[:-1]):
            root = node_hash(subtree, root)
        return root


def widths_of_range(start, end):
    """Widths of the fewest complete subtrees over the leaves [start, end), from left to right."""
    widths = []
    while start < end:
        width = 1 << ((end - start).bit_length() - 1)
        if start > 0:
            width = min(width, start & -start)
        widths.append(width)
        start += width
    return widths


def root_of_inclusion(leaf, index, size, proof):
    """The root that an inclusion proof leads to (RFC 9162, section 2.1.3.2); None where it has the wrong length."""
    if not 0 <= index < size:
        return None
    node, last, root = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            while node & 1 == 0 and node != 0:
                node, last = node >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        node, last = node >> 1, last >> 1
    return root if last == 0 else None


def is_consistent(from_size, to_size, from_root, to_root, proof):
    """True where the tree of `to_size` leaves begins with that of `from_size` (RFC 9162, section 2.1.4.2)."""
    if from_size > to_size:
        return False
    if from_size == to_size:
        return not proof and from_root == to_root
    if from_size == 0:
        return not proof and from_root == EMPTY_ROOT
    path = list(proof)
    if from_size & (from_size - 1) == 0:
        path.insert(0, from_root)
    if not path:
        return False
    node, last = from_size - 1, to_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while node & 1 == 0 and node != 0:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and old == from_root and new == to_root
