-- Counts of refusals are authenticated from now on; nobody vouches for those of before.
DELETE FROM refusal;

-- The MAC over all rows of `refusal` and the number of the last commit.
CREATE TABLE refusal_mac (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    mac BLOB NOT NULL CHECK (length(mac) = 32)
) STRICT;

-- So that neither the number of escrows of one password nor that of its protectors shows in what one more costs.
DROP INDEX escrow_by_fingerprint;
CREATE INDEX escrow_by_fingerprint ON escrow (fingerprint, protector);
CREATE INDEX escrow_exposed_by_fingerprint ON escrow (fingerprint) WHERE state = 'exposed';
CREATE INDEX escrow_shown_by_fingerprint ON escrow (fingerprint, shown_at) WHERE shown_at IS NOT NULL;

-- Who had a hand in an escrow, and whether its times can be believed. `shown_to` is a JSON list of names.
ALTER TABLE escrow ADD COLUMN escrowed_by TEXT;
ALTER TABLE escrow ADD COLUMN clock INTEGER NOT NULL DEFAULT 0 CHECK (clock IN (0, 1));
ALTER TABLE escrow ADD COLUMN shown_to TEXT;
ALTER TABLE escrow ADD COLUMN shown_to_more INTEGER NOT NULL DEFAULT 0 CHECK (shown_to_more IN (0, 1));
ALTER TABLE escrow ADD COLUMN presented_at INTEGER;
ALTER TABLE escrow ADD COLUMN presented_by TEXT;

-- HMAC of a volume's master key, and whether it is proven to be this volume's.
ALTER TABLE volume ADD COLUMN master_key BLOB CHECK (length(master_key) = 32);
ALTER TABLE volume ADD COLUMN master_key_proven INTEGER NOT NULL DEFAULT 0 CHECK (master_key_proven IN (0, 1));
