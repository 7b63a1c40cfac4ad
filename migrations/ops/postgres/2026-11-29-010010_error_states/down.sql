DROP TABLE error_entries;
DROP TABLE error_states;
DROP INDEX error_groups_cause;
ALTER TABLE error_groups DROP COLUMN last_version;
ALTER TABLE error_groups DROP COLUMN first_version;
ALTER TABLE error_groups DROP COLUMN cause;
