CREATE TABLE checkpoint (
    number INTEGER PRIMARY KEY CHECK (number > 0),
    note TEXT NOT NULL
, handed_out INTEGER NOT NULL DEFAULT 0 CHECK (handed_out IN (0, 1))) STRICT;

CREATE TABLE device (
    device INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX device_by_folded ON device (folded, name);

CREATE VIRTUAL TABLE device_search USING fts5(
    folded, content = 'device', content_rowid = 'device', tokenize = 'trigram case_sensitive 1'
);

CREATE TABLE 'device_search_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'device_search_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'device_search_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'device_search_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE drop_event (
    leaf INTEGER PRIMARY KEY,
    digest BLOB NOT NULL CHECK (length(digest) = 32)
) STRICT;

CREATE INDEX drop_event_by_digest ON drop_event (digest);

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
, escrowed_by TEXT, clock INTEGER NOT NULL DEFAULT 0 CHECK (clock IN (0, 1)), shown_to TEXT, shown_to_more INTEGER NOT NULL DEFAULT 0 CHECK (shown_to_more IN (0, 1)), presented_at INTEGER, presented_by TEXT) STRICT;

CREATE INDEX escrow_by_fingerprint ON escrow (fingerprint, protector);

CREATE INDEX escrow_by_protector ON escrow (protector);

CREATE INDEX escrow_by_volume ON escrow (volume);

CREATE INDEX escrow_ended ON escrow (ended_at) WHERE ended_how IS NOT NULL;

CREATE INDEX escrow_exposed_by_fingerprint ON escrow (fingerprint) WHERE state = 'exposed';

CREATE INDEX escrow_shown_by_fingerprint ON escrow (fingerprint, shown_at) WHERE shown_at IS NOT NULL;

CREATE INDEX escrow_to_rotate ON escrow (rotate_by) WHERE state = 'exposed';

CREATE TABLE leaf (
    leaf INTEGER PRIMARY KEY CHECK (leaf >= 0),
    event TEXT NOT NULL
) STRICT;

CREATE TABLE log_node (
    node INTEGER PRIMARY KEY,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TABLE refusal (
    operator TEXT PRIMARY KEY,
    since INTEGER NOT NULL,
    events INTEGER NOT NULL,
    waiting INTEGER NOT NULL
) STRICT;

CREATE TABLE refusal_mac (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    mac BLOB NOT NULL CHECK (length(mac) = 32)
) STRICT;

CREATE TABLE sender (
    sender BLOB PRIMARY KEY CHECK (length(sender) = 16),
    record TEXT NOT NULL
) STRICT;

CREATE TABLE signing_key (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    object BLOB NOT NULL
) STRICT;

CREATE TABLE state_node (
    node INTEGER PRIMARY KEY,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TABLE vault (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    record TEXT NOT NULL,
    sealed BLOB NOT NULL,
    keyring BLOB NOT NULL,
    keyring_of_shares BLOB
) STRICT;

CREATE TABLE volume (
    volume INTEGER PRIMARY KEY CHECK (volume > 0),
    device INTEGER REFERENCES device (device),
    id BLOB CHECK (length(id) = 16),
    mounts TEXT NOT NULL,
    type TEXT NOT NULL
, master_key BLOB CHECK (length(master_key) = 32), master_key_proven INTEGER NOT NULL DEFAULT 0 CHECK (master_key_proven IN (0, 1))) STRICT;

CREATE INDEX volume_by_device ON volume (device);

