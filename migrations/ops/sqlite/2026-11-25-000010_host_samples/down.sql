DROP TABLE instance_events;
DROP TABLE host_samples;
