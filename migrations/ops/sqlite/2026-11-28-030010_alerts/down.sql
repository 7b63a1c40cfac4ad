DROP TABLE notices;
DROP TABLE incident_entries;
DROP TABLE incidents;
DROP TABLE alert_documents;
DROP TABLE alert_engine;
