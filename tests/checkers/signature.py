"""Checks the ECDSA signature of a checkpoint with sigstore, which checks those of Sigstore's own logs.

usage: signature.py CHECKPOINT VKEY

VKEY is the verifier key of type 0x02 that `audit key` printed. Exit 0 and origin and size, or exit 1 and what is wrong.
"""

import base64
import sys

from sigstore._internal.rekor.checkpoint import SignedCheckpoint
from sigstore._internal.trust import Key, Keyring
from sigstore._utils import KeyID
from sigstore.errors import VerificationError
from sigstore_models.common import v1

ECDSA = b"\x02"


def key_of(vkey):
    """The public key of a verifier key, and its key id as sigstore computes it."""
    name, _, encoded = vkey.split("+", 2)
    key = base64.b64decode(encoded)
    if key[:1] != ECDSA:
        sys.exit("no: the key is not of type ECDSA")
    details = v1.PublicKeyDetails.PKIX_ECDSA_P256_SHA_256
    return name, v1.PublicKey(raw_bytes=base64.b64encode(key[1:]), key_details=details)


def main():
    path, vkey = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        checkpoint = SignedCheckpoint.from_text(file.read())
    name, public_key = key_of(vkey)
    key_id = Key(public_key).key_id
    if checkpoint.checkpoint.origin != name:
        sys.exit("no: the key has another name than the log")
    if not vkey.startswith(f"{name}+{key_id[:4].hex()}+"):
        sys.exit("no: the key has another id")
    try:
        checkpoint.signed_note.verify(Keyring([public_key]), KeyID(key_id))
    except VerificationError as error:
        sys.exit(f"no: {error}")
    print(f"ok: {name}, {checkpoint.checkpoint.log_size} leaves")


main()
