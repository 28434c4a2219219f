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

-- Names of devices are compared in one composition and without case. Two that an older program took for two devices may
-- be near each other now, and stay two: what is compared need not be unique. Whoever migrates folds the names anew.
--
-- The table cannot lose its constraint, so it is made again under its name. Volumes refer to it meanwhile, and find their
-- devices again before the transaction ends.
PRAGMA defer_foreign_keys = ON;

CREATE TABLE device_before (
    device INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL
) STRICT;

INSERT INTO device_before (device, name, folded) SELECT device, name, folded FROM device;

DROP TABLE device;

CREATE TABLE device (
    device INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL
) STRICT;

INSERT INTO device (device, name, folded) SELECT device, name, folded FROM device_before;

DROP TABLE device_before;

CREATE UNIQUE INDEX device_by_folded ON device (folded, name);
