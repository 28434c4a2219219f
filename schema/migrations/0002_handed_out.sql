-- The signing key of the TPM, as only that TPM can load it: x (32 bytes), y (32 bytes), TPM2B_PRIVATE.
CREATE TABLE signing_key (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    object BLOB NOT NULL
) STRICT;

-- Checkpoints that left the vault are kept.
ALTER TABLE checkpoint ADD COLUMN handed_out INTEGER NOT NULL DEFAULT 0 CHECK (handed_out IN (0, 1));
