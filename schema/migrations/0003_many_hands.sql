-- Counts of refusals are authenticated from now on; nobody vouches for those of before.
DELETE FROM refusal;

-- The MAC over all rows of `refusal` and the number of the last commit.
CREATE TABLE refusal_mac (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    mac BLOB NOT NULL CHECK (length(mac) = 32)
) STRICT;
