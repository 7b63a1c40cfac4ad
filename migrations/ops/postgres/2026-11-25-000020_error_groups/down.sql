DROP TABLE error_hours;
DROP TABLE error_groups;
