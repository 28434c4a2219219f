"""Checks the tree of a log with PyPI's pymerkle.

usage: tree.py LOG.json

LOG.json holds `leaves` (texts), `roots` (of the first 0, 1, 2 ... leaves) and `inclusion` (for each of these sizes, the
proof of each leaf), hashes in hexadecimal. pymerkle computes each of them anew from the leaves, and proves that each
root is consistent with those before it. Exit 0 and a count, or exit 1 and what is wrong.
"""

import json
import sys

from pymerkle import InmemoryTree
from pymerkle import InvalidProof
from pymerkle import verify_consistency


def main(path):
    with open(path, encoding="utf-8") as file:
        log = json.load(file)
    leaves, roots, inclusion = log["leaves"], log["roots"], log["inclusion"]
    if not len(leaves) + 1 == len(roots) == len(inclusion) > 1:
        sys.exit("no: not one root and one list of proofs for each size")
    tree = InmemoryTree.init_from_entries([leaf.encode() for leaf in leaves], algorithm="sha256")
    proofs = 0
    for size, (root, paths) in enumerate(zip(roots, inclusion)):
        if tree.get_root(size).hex() != root:
            sys.exit(f"no: the root of {size} leaves is another one")
        if len(paths) != size:
            sys.exit(f"no: {len(paths)} proofs for {size} leaves")
        for index, path in enumerate(paths):
            # pymerkle counts leaves from 1, and begins its path with the leaf's own hash.
            theirs = tree.prove_inclusion(index + 1, size).serialize()["path"][1:]
            if theirs != path:
                sys.exit(f"no: the proof of leaf {index} in {size} is another one")
            proofs += 1
        for older in range(1, size + 1):
            proof = tree.prove_consistency(older, size)
            try:
                verify_consistency(bytes.fromhex(roots[older]), bytes.fromhex(root), proof)
            except InvalidProof:
                sys.exit(f"no: the roots of {older} and {size} leaves are not consistent")
    print(f"ok: {len(leaves)} leaves, {proofs} proofs")


if __name__ == "__main__":
    main(*sys.argv[1:])
