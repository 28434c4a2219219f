"""Opens and makes drops with pyhpke, as docs/format.md says, without any code of ours.

usage: drop.py open DROP SEED VAULT-SECRET   what the drop says, as JSON; keys in hexadecimal
       drop.py make FILE DROP <CONTENTS      a drop of this JSON; FILE is the vault's key file or a sender's file

Exit 0, or exit 1 and what is wrong.
"""

import base64
import hashlib
import hmac
import json
import struct
import sys

from pyhpke import AEADId, CipherSuite, KDFId, KEMId, PyHPKEError

BEGINNING = b"strongroom/drop"
VERSION = 1
LABEL = b"strongroom/v1/drop"
STEP = 256
SUITE = CipherSuite.new(KEMId.DHKEM_P256_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)


def fail(what):
    sys.exit(f"no: {what}")


def field(value):
    return struct.pack(">I", len(value)) + value


def info(vault, generation):
    parts = [LABEL, bytes([VERSION]), vault, struct.pack(">I", generation)]
    return b"".join(field(part) for part in parts)


def sender_key(vault_secret, sender):
    """HKDF-SHA256 without salt: one block is 32 bytes."""
    key = hmac.digest(bytes(32), vault_secret, "sha256")
    return hmac.digest(key, b"strongroom/v1/drop-sender\0" + sender + b"\1", "sha256")


class Reader:
    def __init__(self, data):
        self.data = data

    def take(self, count):
        if len(self.data) < count:
            fail("it is cut off")
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def number(self, kind):
        return struct.unpack(kind, self.take(struct.calcsize(kind)))[0]

    def field(self):
        return self.take(self.number(">I"))


def read_escrow(reader):
    names = ["device", "mount", "type"]
    escrow = {name: reader.field().decode() for name in names}
    for name in ["volume_id", "protector", "password"]:
        escrow[name] = reader.field().hex()
    created = reader.field()
    escrow["created"] = struct.unpack(">q", created)[0] if created else None
    listed = reader.field()
    escrow["listed"] = [listed[at : at + 16].hex() for at in range(0, len(listed), 16)]
    return escrow


def write_escrow(escrow):
    created = escrow["created"]
    fields = [escrow[name].encode() for name in ["device", "mount", "type"]]
    fields += [bytes.fromhex(escrow[name]) for name in ["volume_id", "protector", "password"]]
    fields.append(b"" if created is None else struct.pack(">q", created))
    fields.append(b"".join(bytes.fromhex(listed) for listed in escrow["listed"]))
    return b"".join(field(value) for value in fields)


def read_contents(text):
    reader = Reader(text)
    created, sequence, count = reader.number(">q"), reader.number(">Q"), reader.number(">I")
    escrows = [read_escrow(reader) for _ in range(count)]
    if len(text) % STEP or len(reader.data) >= STEP or any(reader.data):
        fail("it is not filled up with zeros to the next step")
    return {"created": created, "sequence": sequence, "escrows": escrows}


def write_contents(contents):
    escrows = contents["escrows"]
    text = struct.pack(">qQI", contents["created"], contents["sequence"], len(escrows))
    text += b"".join(write_escrow(escrow) for escrow in escrows)
    return text + bytes(-len(text) % STEP)


def open_drop(drop, seed, vault_secret):
    reader = Reader(drop)
    if reader.take(len(BEGINNING)) != BEGINNING or reader.number("B") != VERSION:
        fail("it is no drop")
    vault, generation, mode = reader.take(16), reader.number(">I"), reader.number("B")
    if mode not in (0, 1):
        fail("it has another mode")
    sender = reader.take(16) if mode else b""
    psk = sender_key(vault_secret, sender) if mode else b""
    enc, key = reader.take(65), SUITE.kem.derive_key_pair(seed).private_key
    try:
        context = SUITE.create_recipient_context(enc, key, info(vault, generation), psk=psk, psk_id=sender)
        text = context.open(reader.data)
    except (PyHPKEError, ValueError) as error:
        fail(f"it does not open: {type(error).__name__}")
    opened = {"vault": vault.hex(), "generation": generation, "sender": sender.hex() or None}
    return opened | read_contents(text)


def make_drop(lines, contents, ephemeral=None):
    vault = bytes.fromhex(lines["origin"].split("/")[1])
    generation = int(lines["generation"])
    key = SUITE.kem.deserialize_public_key(base64.b64decode(lines["public-key"]))
    psk, sender = base64.b64decode(lines.get("secret", "")), bytes.fromhex(lines.get("sender", ""))
    eks = SUITE.kem.derive_key_pair(ephemeral) if ephemeral else None
    enc, context = SUITE.create_sender_context(
        key, info(vault, generation), psk=psk, psk_id=sender, eks=eks
    )
    drop = BEGINNING + bytes([VERSION]) + vault + struct.pack(">I", generation)
    drop += bytes([1]) + sender if sender else bytes([0])
    return drop + enc + context.seal(write_contents(contents))


def read_lines(text):
    """The lines of a key file or a sender's file by their names, if the checksum is right."""
    body, _, last = text.rstrip("\n").rpartition("\n")
    checksum = hashlib.sha256(f"{body}\n".encode()).hexdigest()[:16]
    if last != f"checksum {checksum}":
        fail("its checksum is another")
    first, *rest = body.split("\n")
    if first not in ("strongroom-drop-key v1", "strongroom-drop-sender v1"):
        fail("it is no key file")
    return dict(line.partition(" ")[::2] for line in rest)


def main():
    match sys.argv[1:]:
        case ["open", path, seed, vault_secret]:
            with open(path, "rb") as file:
                drop = file.read()
            print(json.dumps(open_drop(drop, bytes.fromhex(seed), bytes.fromhex(vault_secret))))
        case ["make", path, out]:
            with open(path, encoding="utf-8") as file:
                lines = read_lines(file.read())
            with open(out, "wb") as file:
                file.write(make_drop(lines, json.load(sys.stdin)))
            print("ok")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
