-- The vault file. The log is the truth; every other table is what its events made, and can be checked against them.

-- The vault record (canonical JSON, leaf 0 of the state tree) and the bytes whose hashes it holds.
CREATE TABLE vault (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    record TEXT NOT NULL,
    sealed BLOB NOT NULL,
    keyring BLOB NOT NULL,
    keyring_of_shares BLOB
) STRICT;

-- Devices by name. `folded` is the name without case, by which names are compared.
CREATE TABLE device (
    device INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL UNIQUE
) STRICT;

-- Any three characters or more of a folded name.
CREATE VIRTUAL TABLE device_search USING fts5(
    folded, content = 'device', content_rowid = 'device', tokenize = 'trigram case_sensitive 1'
);

-- Volumes; `volume` is the leaf of the state tree. `mounts` is a JSON list, the newest name last.
CREATE TABLE volume (
    volume INTEGER PRIMARY KEY CHECK (volume > 0),
    device INTEGER REFERENCES device (device),
    id BLOB CHECK (length(id) = 16),
    mounts TEXT NOT NULL,
    type TEXT NOT NULL
) STRICT;
CREATE INDEX volume_by_device ON volume (device);

-- Escrows in order of arrival. Times are milliseconds since 1970-01-01T00:00:00Z, identifiers 16 bytes in the order in
-- which they are written.
CREATE TABLE escrow (
    number INTEGER PRIMARY KEY,
    escrow BLOB NOT NULL UNIQUE CHECK (length(escrow) = 16),
    volume INTEGER NOT NULL REFERENCES volume (volume),
    protector BLOB NOT NULL CHECK (length(protector) = 16),
    source TEXT NOT NULL,
    escrowed_at INTEGER NOT NULL,
    created_at INTEGER,
    state TEXT NOT NULL,
    conflict INTEGER NOT NULL,
    unconfirmed INTEGER NOT NULL,
    exposed_at INTEGER,
    exposed_by TEXT,
    shown_at INTEGER,
    rotate_by INTEGER,
    superseded_at INTEGER,
    superseded_by BLOB,
    ended_how TEXT,
    ended_at INTEGER,
    ended_by TEXT,
    proven_at INTEGER,
    envelope BLOB NOT NULL,
    fingerprint BLOB NOT NULL CHECK (length(fingerprint) = 32)
) STRICT;
CREATE INDEX escrow_by_volume ON escrow (volume);
CREATE INDEX escrow_by_protector ON escrow (protector);
CREATE INDEX escrow_by_fingerprint ON escrow (fingerprint);
CREATE INDEX escrow_to_rotate ON escrow (rotate_by) WHERE state = 'exposed';
CREATE INDEX escrow_ended ON escrow (ended_at) WHERE ended_how IS NOT NULL;

-- The log: one leaf an event, from 0, and the hashes of complete subtrees by the number of their node.
CREATE TABLE leaf (
    leaf INTEGER PRIMARY KEY CHECK (leaf >= 0),
    event TEXT NOT NULL
) STRICT;
CREATE TABLE log_node (
    node INTEGER PRIMARY KEY,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- The state tree's hashes of complete subtrees, likewise.
CREATE TABLE state_node (
    node INTEGER PRIMARY KEY,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- Signed checkpoints by the number of their commit: the newest two.
CREATE TABLE checkpoint (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    note TEXT NOT NULL
) STRICT;

-- Refusals of an operator that are waiting to be counted into one event. No part of what the log says.
CREATE TABLE refusal (
    operator TEXT PRIMARY KEY,
    since INTEGER NOT NULL,
    events INTEGER NOT NULL,
    waiting INTEGER NOT NULL
) STRICT;
