-- What bounds a message that is not sent yet: how often it was put back or looked for in vain, whether
-- the log warned that it waits, and whether those who would wonder were told so.
ALTER TABLE outbox ADD COLUMN waits {int} NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN warned {int} NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN told {int} NOT NULL DEFAULT 0;
-- By exactly the condition that the statements ask with: SQLite takes a narrower one for another.
CREATE INDEX outbox_waiting ON outbox (lane, seq) WHERE state IN ('pending', 'sending');
DROP INDEX outbox_open;
