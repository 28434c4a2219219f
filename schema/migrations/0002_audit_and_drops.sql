-- The signing key of the TPM, as only that TPM can load it: x (32 bytes), y (32 bytes), TPM2B_PRIVATE.
CREATE TABLE signing_key (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    object BLOB NOT NULL
) STRICT;

-- Checkpoints that left the vault are kept.
ALTER TABLE checkpoint ADD COLUMN handed_out INTEGER NOT NULL DEFAULT 0 CHECK (handed_out IN (0, 1));

-- The senders of drops: canonical JSON of each record.
CREATE TABLE sender (
    sender BLOB PRIMARY KEY CHECK (length(sender) = 16),
    record TEXT NOT NULL
) STRICT;

-- Events that took in what a drop brought, by SHA-256 of its file.
CREATE TABLE drop_event (
    leaf INTEGER PRIMARY KEY,
    digest BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT;

CREATE INDEX drop_event_by_digest ON drop_event (digest);
