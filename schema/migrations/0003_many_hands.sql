-- So that neither the number of escrows of one password nor that of its protectors shows in what one more costs.
DROP INDEX escrow_by_fingerprint;
CREATE INDEX escrow_by_fingerprint ON escrow (fingerprint, protector);
CREATE INDEX escrow_exposed_by_fingerprint ON escrow (fingerprint) WHERE state = 'exposed';
CREATE INDEX escrow_shown_by_fingerprint ON escrow (fingerprint, shown_at) WHERE shown_at IS NOT NULL;
