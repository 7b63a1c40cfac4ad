DROP TABLE known_sessions;
