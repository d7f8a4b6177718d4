-- The statements of a file that took longest: a list of StatementFigures as JSON.
ALTER TABLE event_files ADD COLUMN slowest TEXT;
