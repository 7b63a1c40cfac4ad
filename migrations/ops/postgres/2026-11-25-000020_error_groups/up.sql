-- Errors by what they are, see ops::errors: a row for each group, whoever counted it, with the last
-- one as an example. Times are in milliseconds since the Unix epoch.
CREATE TABLE error_groups (
    fingerprint TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    message TEXT NOT NULL,
    place TEXT NOT NULL,
    first_ms BIGINT NOT NULL,
    last_ms BIGINT NOT NULL,
    example_ms BIGINT,
    example TEXT,
    request_id TEXT,
    error_id TEXT,
    instance TEXT NOT NULL
);
CREATE INDEX error_groups_last_ms ON error_groups (last_ms);

-- How often, by the hour (since the Unix epoch), for each process that counted (instance and run).
-- `minutes` tells them apart within the hour: `3:1,17:24` is one in minute 3 and 24 in minute 17.
CREATE TABLE error_hours (
    hour BIGINT NOT NULL,
    instance TEXT NOT NULL,
    run BIGINT NOT NULL,
    fingerprint TEXT NOT NULL,
    errors BIGINT NOT NULL,
    minutes TEXT NOT NULL,
    PRIMARY KEY (hour, instance, run, fingerprint)
);
