ALTER TABLE revalidations DROP COLUMN attempts;
ALTER TABLE revalidations DROP COLUMN after_card;
