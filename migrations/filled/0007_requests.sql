-- A second request in a thread, not drafted yet.
INSERT INTO turn (workspace_id, thread_id, seq, who, by_bot, text, at)
    VALUES ('w', 'th1', 3, 'Ben', 0, 'widen it', 7);
INSERT INTO request (workspace_id, thread_id, seq, at) VALUES ('w', 'th1', 3, 7);
