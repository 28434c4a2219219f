"""Computes a log's tree with pymerkle, and holds it against what is given on stdin.

JSON: `leaves`, in hexadecimal; `root`, in base64; `proofs`, for each leaf its RFC 6962 inclusion proof of hashes in
hexadecimal. Exits with 0 where all of it is the same, else says on stderr what differs.
"""

import base64
import json
import sys

import pymerkle


def main():
    log = json.load(sys.stdin)
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for leaf in log["leaves"]:
        tree.append_entry(bytes.fromhex(leaf))
    size = tree.get_size()
    if tree.get_root(size) != base64.b64decode(log["root"]):
        sys.exit(f"another root over {size} leaves")
    if len(log["proofs"]) != size:
        sys.exit(f"{len(log['proofs'])} proofs of {size} leaves")
    for index, proof in enumerate(log["proofs"]):
        # It counts leaves from 1, and has the leaf itself in its path.
        path = tree.prove_inclusion(index + 1, size).serialize()["path"]
        path.remove(tree.get_leaf(index + 1).hex())
        if path != proof:
            sys.exit(f"another proof of leaf {index}")
    print(size)


main()
