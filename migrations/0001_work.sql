-- What came in, what goes out, and who is alive to work on it.

-- One conversation is worked off in the order of its ids; a lock on the conversation's name sees to
-- it that they are given in the order of the commits. No index that a row need not have: each costs
-- every acknowledgement a page.
CREATE TABLE inbox (
    id {serial},
    conversation {id} NOT NULL,
    platform TEXT NOT NULL,
    dedupe_key {id} NOT NULL,
    payload TEXT NOT NULL,
    received_at {int} NOT NULL,
    attempts {int} NOT NULL DEFAULT 0,
    done_at {int},
    error TEXT
) {strict};
CREATE UNIQUE INDEX inbox_dedupe ON inbox (dedupe_key, platform);
CREATE INDEX inbox_open ON inbox (conversation, id) WHERE done_at IS NULL;

-- A lane: one outbound channel, sent in order, resting as a whole after a 429.
CREATE TABLE channel_lane (
    lane {id} NOT NULL PRIMARY KEY,
    next_seq {int} NOT NULL,
    blocked_until {int} NOT NULL
) {keyed};

CREATE TABLE outbox (
    lane {id} NOT NULL,
    seq {int} NOT NULL,
    id {id} NOT NULL,
    workspace_id {id} NOT NULL,
    op TEXT NOT NULL,
    payload TEXT NOT NULL,
    dedup_key {id} NOT NULL,
    repeatable {int} NOT NULL,
    expires_at {int},
    state TEXT NOT NULL,
    attempts {int} NOT NULL DEFAULT 0,
    message_ref TEXT,
    last_error TEXT,
    created_at {int} NOT NULL,
    tried_at {int},
    sent_at {int},
    PRIMARY KEY (lane, seq)
) {strict};
CREATE UNIQUE INDEX outbox_id ON outbox (id);
CREATE UNIQUE INDEX outbox_dedup ON outbox (dedup_key);
CREATE INDEX outbox_open ON outbox (lane, seq) WHERE state IN ('pending', 'sending', 'unknown');
CREATE INDEX outbox_workspace ON outbox (workspace_id, created_at);

-- Who works on this database, and when each was last seen to live.
CREATE TABLE replica (
    id {id} NOT NULL PRIMARY KEY,
    beat_at {int} NOT NULL,
    started_at {int} NOT NULL,
    version TEXT NOT NULL
) {keyed};
