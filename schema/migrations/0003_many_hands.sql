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
