-- What was asked for in an edit thread and has no outcome yet. The requests of one thread are drafted
-- one after another, in the order of its turns.
CREATE TABLE request (
    workspace_id {id} NOT NULL,
    thread_id {id} NOT NULL,
    -- The turn that it was said in.
    seq {int} NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (workspace_id, thread_id, seq),
    FOREIGN KEY (workspace_id, thread_id, seq) REFERENCES turn (workspace_id, thread_id, seq)
) {keyed};
