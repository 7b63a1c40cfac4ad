DROP TABLE traffic_route_minutes;
DROP TABLE traffic_minutes;
