-- How far a revalidation has come, and how often it was begun since: one that ends the process each
-- time is given up rather than begun for ever.
ALTER TABLE revalidations ADD COLUMN after_card BIGINT NOT NULL DEFAULT 0;
ALTER TABLE revalidations ADD COLUMN attempts BIGINT NOT NULL DEFAULT 0;
