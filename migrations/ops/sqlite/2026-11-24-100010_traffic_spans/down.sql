-- What the service did, by the minute: a row for each process that was up (instance and run), also
-- for a minute without a request. No row: it was down. `durations` is a histogram, see ops::traffic.
CREATE TABLE traffic_minutes (
    minute BIGINT NOT NULL,
    instance TEXT NOT NULL,
    run BIGINT NOT NULL,
    informational BIGINT NOT NULL,
    success BIGINT NOT NULL,
    redirection BIGINT NOT NULL,
    client_errors BIGINT NOT NULL,
    errors BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    durations BLOB NOT NULL,
    PRIMARY KEY (minute, instance, run)
);

-- The same, apart by method, route pattern and first digit of the status.
CREATE TABLE traffic_route_minutes (
    minute BIGINT NOT NULL,
    instance TEXT NOT NULL,
    run BIGINT NOT NULL,
    method TEXT NOT NULL,
    route TEXT NOT NULL,
    status_class BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    durations BLOB NOT NULL,
    PRIMARY KEY (minute, instance, run, method, route, status_class)
);

INSERT INTO traffic_minutes
    SELECT start, instance, run, informational, success, redirection, client_errors, errors, requests,
        bytes, durations
    FROM traffic_totals WHERE span = 1;
INSERT INTO traffic_route_minutes
    SELECT start, instance, run, method, route, status_class, requests, bytes, durations
    FROM traffic_series WHERE span = 1;

DROP TABLE traffic_series;
DROP TABLE traffic_totals;
