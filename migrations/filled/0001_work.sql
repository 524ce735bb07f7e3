-- A few rows of each table that 0001_work makes, as they are kept while work is under way.
INSERT INTO inbox (conversation, platform, dedupe_key, payload, received_at)
    VALUES ('slack:T1:C1', 'slack', 'event-1', '{}', 1);
INSERT INTO channel_lane (lane, next_seq, blocked_until) VALUES ('slack:T1:C1', 1, 0);
INSERT INTO outbox (lane, seq, id, workspace_id, op, payload, dedup_key, repeatable, state, created_at)
    VALUES ('slack:T1:C1', 1, 'o1', 'w', 'post', '{}', 'key-1', 0, 'pending', 1);
INSERT INTO replica (id, beat_at, started_at, version) VALUES ('r1', 1, 1, '0.1.0');
