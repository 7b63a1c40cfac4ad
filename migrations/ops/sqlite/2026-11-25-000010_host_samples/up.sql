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
    levels BLOB NOT NULL,
    PRIMARY KEY (span, start, instance, run)
);

-- What happened to instances: `kind` is start, stop, migration or version_change, `at_ms` is in
-- milliseconds since the Unix epoch, `number` counts the events of a run.
CREATE TABLE instance_events (
    instance TEXT NOT NULL,
    run BIGINT NOT NULL,
    number BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (instance, run, number)
);

CREATE INDEX instance_events_at ON instance_events (at_ms);
