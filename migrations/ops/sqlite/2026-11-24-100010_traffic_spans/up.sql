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
    durations BLOB NOT NULL,
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
    durations BLOB NOT NULL,
    PRIMARY KEY (span, start, instance, run, method, route, status_class)
);

INSERT INTO traffic_totals
    SELECT 1, minute, instance, run, 1, informational, success, redirection, client_errors, errors,
        requests, bytes, 0, durations
    FROM traffic_minutes;
INSERT INTO traffic_series
    SELECT 1, minute, instance, run, method, route, status_class, requests, bytes, 0, durations
    FROM traffic_route_minutes;

DROP TABLE traffic_minutes;
DROP TABLE traffic_route_minutes;
