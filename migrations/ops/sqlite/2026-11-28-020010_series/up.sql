-- Whatever is recorded over time: a row for each minute, hour or day (`resolution` is its length in
-- minutes), each process that was up (instance and run) and each `key` that is told apart, empty for
-- all together. `start` is in minutes since the Unix epoch; `covered` has a bit for each minute of an
-- hour, or hour of a day, in which something was recorded; `count` is how many events or samples are in
-- `payload`. Kinds: traffic, routes, host, errors; see ops::series.
CREATE TABLE series (
    kind TEXT NOT NULL,
    resolution BIGINT NOT NULL,
    start BIGINT NOT NULL,
    instance TEXT NOT NULL,
    run BIGINT NOT NULL,
    key TEXT NOT NULL,
    covered BIGINT NOT NULL,
    count BIGINT NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (kind, resolution, start, instance, run, key)
) WITHOUT ROWID;

INSERT INTO series
    SELECT 'traffic', span, start, instance, run, '', covered, requests,
        CAST(informational || ',' || success || ',' || redirection || ',' || client_errors || ',' ||
        errors || ',' || bytes || ',' || database_us || ';' || durations AS BLOB)
    FROM traffic_totals;
-- Of routes nobody asks which part of an hour or day is covered.
INSERT INTO series
    SELECT 'routes', span, start, instance, run, method || ' ' || route || ' ' || status_class,
        CASE span WHEN 1 THEN 1 ELSE 0 END, requests,
        CAST((CASE status_class WHEN 1 THEN requests ELSE 0 END || ',' ||
        CASE status_class WHEN 2 THEN requests ELSE 0 END || ',' ||
        CASE status_class WHEN 3 THEN requests ELSE 0 END || ',' ||
        CASE status_class WHEN 4 THEN requests ELSE 0 END || ',' ||
        CASE status_class WHEN 5 THEN requests ELSE 0 END || ',' ||
        bytes || ',' || database_us || ';') || durations AS BLOB)
    FROM traffic_series;
INSERT INTO series
    SELECT 'host', span, start, instance, run, '', covered, samples, levels FROM host_samples;
INSERT INTO series
    SELECT 'errors', 60, hour * 60, instance, run, fingerprint, 0, errors, CAST(minutes AS BLOB)
    FROM error_hours;

DROP TABLE traffic_totals;
DROP TABLE traffic_series;
DROP TABLE host_samples;
DROP TABLE error_hours;

DROP INDEX instance_events_at;
ALTER TABLE instance_events RENAME TO events;
CREATE INDEX events_at_ms ON events (at_ms);
