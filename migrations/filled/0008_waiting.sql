-- A private answer that was put back twice, in a lane of its own.
INSERT INTO outbox (lane, seq, id, workspace_id, op, payload, dedup_key, repeatable, state, created_at,
    waits, warned)
    VALUES ('slack:T1:@U1', 1, 'o2', 'w', 'whisper', '{}', 'o2', 1, 'pending', 1, 2, 1);
