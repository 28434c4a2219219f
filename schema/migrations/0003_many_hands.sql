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
