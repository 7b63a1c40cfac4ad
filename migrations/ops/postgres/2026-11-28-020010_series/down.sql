-- What the service did: a row for each minute (and hour, and day: `span` is its length in minutes)
-- and each process that was up (instance and run), also without a request. No row: it was down.
-- `start` is in minutes since the Unix epoch; `covered` has a bit for each minute of an hour, or hour
-- of a day, during which the process was up; `durations` is a histogram, see ops::traffic.
CREATE TABLE traffic_totals (
    span BIGINT NOT NULL,
    start BIGINT NOT NULL,
    instance TEXT NOT NULL,
    run BIGINT NOT NULL,
    covered BIGINT NOT NULL,
    informational BIGINT NOT NULL,
    success BIGINT NOT NULL,
    redirection BIGINT NOT NULL,
    client_errors BIGINT NOT NULL,
    errors BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    database_us BIGINT NOT NULL,
    durations BYTEA NOT NULL,
    PRIMARY KEY (span, start, instance, run)
);

-- The same, apart by method, route pattern and first digit of the status.
CREATE TABLE traffic_series (
    span BIGINT NOT NULL,
    start BIGINT NOT NULL,
    instance TEXT NOT NULL,
    run BIGINT NOT NULL,
    method TEXT NOT NULL,
    route TEXT NOT NULL,
    status_class BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    database_us BIGINT NOT NULL,
    durations BYTEA NOT NULL,
    PRIMARY KEY (span, start, instance, run, method, route, status_class)
);

-- How the host and the process were: a row for each minute (and hour, and day: `span` is its length in
-- minutes) and each process that was up (instance and run). `start` is in minutes since the Unix epoch;
-- `covered` has a bit for each minute of an hour, or hour of a day, during which the process was up;
-- `levels` has all gauges, see ops::host.
CREATE TABLE host_samples (
    span BIGINT NOT NULL,
    start BIGINT NOT NULL,
    instance TEXT NOT NULL,
    run BIGINT NOT NULL,
    covered BIGINT NOT NULL,
    samples BIGINT NOT NULL,
    levels BYTEA NOT NULL,
    PRIMARY KEY (span, start, instance, run)
);

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

INSERT INTO traffic_totals
    SELECT resolution, start, instance, run, covered,
        counters[1], counters[2], counters[3], counters[4], counters[5],
        count, counters[6], counters[7], durations
    FROM (
        SELECT series.*, string_to_array(convert_from(substr(payload, 1, position('\x3b'::bytea IN payload) - 1), 'UTF8'), ',')::BIGINT[] AS counters,
            substr(payload, position('\x3b'::bytea IN payload) + 1) AS durations
        FROM series WHERE kind = 'traffic'
    ) AS found;
INSERT INTO traffic_series
    SELECT resolution, start, instance, run, substr(key, 1, position(' ' IN key) - 1),
        substr(key, position(' ' IN key) + 1, length(key) - position(' ' IN key) - 2),
        CAST(right(key, 1) AS BIGINT), count, counters[6], counters[7], durations
    FROM (
        SELECT series.*, string_to_array(convert_from(substr(payload, 1, position('\x3b'::bytea IN payload) - 1), 'UTF8'), ',')::BIGINT[] AS counters,
            substr(payload, position('\x3b'::bytea IN payload) + 1) AS durations
        FROM series WHERE kind = 'routes'
    ) AS found;
INSERT INTO host_samples
    SELECT resolution, start, instance, run, covered, count, payload FROM series WHERE kind = 'host';
INSERT INTO error_hours
    SELECT start / 60, instance, run, key, count, convert_from(payload, 'UTF8') FROM series WHERE kind = 'errors';

DROP TABLE series;

DROP INDEX events_at_ms;
ALTER TABLE events RENAME TO instance_events;
CREATE INDEX instance_events_at ON instance_events (at_ms);
