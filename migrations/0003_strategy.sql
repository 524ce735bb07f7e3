-- What the strategy says, every revision of it, and how changes to it are talked about and decided.

-- A section as it stands. One that was never written has no row.
CREATE TABLE section (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    address {id} NOT NULL,
    revision {int} NOT NULL CHECK (revision > 0),
    document TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    updated_at {int} NOT NULL,
    updated_by TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('generated', 'edit', 'set', 'restore', 'import')),
    generated_at {int},
    -- Whether anything but a generation has written it since it was last generated.
    human_edits {int} NOT NULL CHECK (human_edits IN (0, 1)),
    PRIMARY KEY (workspace_id, address)
) {strict};

-- Append only: what a section said at each revision, without gaps.
CREATE TABLE section_revision (
    workspace_id {id} NOT NULL,
    address {id} NOT NULL,
    revision {int} NOT NULL CHECK (revision > 0),
    document TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    author {id} NOT NULL,
    author_name TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('generated', 'edit', 'set', 'restore', 'import')),
    -- Who drafted it, JSON: the rules, a model with its prompt's version, or a person.
    drafted_by TEXT NOT NULL,
    proposal_id {id},
    note TEXT NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (workspace_id, address, revision),
    FOREIGN KEY (workspace_id, address) REFERENCES section (workspace_id, address)
) {strict};

-- A chat thread bound for life to one section. Where its root message stands is known only once
-- that is posted; until then the four columns of the place are ''.
CREATE TABLE thread (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    id {id} NOT NULL,
    address {id} NOT NULL,
    opened_by {id} NOT NULL,
    opened_by_name TEXT NOT NULL,
    platform {id} NOT NULL CHECK (platform IN ('', 'slack', 'teams', 'console')),
    team {id} NOT NULL,
    channel {id} NOT NULL,
    root {id} NOT NULL,
    -- The root message as our own value, JSON.
    message TEXT,
    request TEXT,
    created_at {int} NOT NULL,
    PRIMARY KEY (workspace_id, id),
    CHECK ((message IS NULL) = (root = ''))
) {strict};
CREATE UNIQUE INDEX thread_place ON thread (workspace_id, platform, team, channel, root)
    WHERE root <> '';

-- What was said in a thread, for the drafter to read.
CREATE TABLE turn (
    workspace_id {id} NOT NULL,
    thread_id {id} NOT NULL,
    seq {int} NOT NULL CHECK (seq > 0),
    who TEXT NOT NULL,
    by_bot {int} NOT NULL CHECK (by_bot IN (0, 1)),
    text TEXT NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (workspace_id, thread_id, seq),
    FOREIGN KEY (workspace_id, thread_id) REFERENCES thread (workspace_id, id)
) {strict};

CREATE TABLE proposal (
    workspace_id {id} NOT NULL,
    id {id} NOT NULL,
    address {id} NOT NULL,
    thread_id {id} NOT NULL,
    base_revision {int} NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('open', 'accepted', 'discarded', 'superseded', 'stale', 'expired')),
    created_at {int} NOT NULL,
    expires_at {int} NOT NULL,
    decided_by {id},
    decided_at {int},
    applied_revision {int},
    supersedes {id},
    -- The whole proposal, JSON, with its ending.
    body TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, thread_id) REFERENCES thread (workspace_id, id),
    CHECK ((state = 'open') = (decided_at IS NULL)),
    CHECK ((state = 'accepted') = (applied_revision IS NOT NULL))
) {strict};
-- One open proposal per thread: a later one supersedes it first.
CREATE UNIQUE INDEX proposal_open ON proposal (workspace_id, thread_id) WHERE state = 'open';
CREATE INDEX proposal_section ON proposal (workspace_id, address, state);
-- For the sweep over all workspaces.
CREATE INDEX proposal_due ON proposal (expires_at) WHERE state = 'open';

-- Messages of ours that show something, so that they can be redrawn.
CREATE TABLE place (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    subject_kind {id} NOT NULL,
    subject_id {id} NOT NULL,
    platform {id} NOT NULL CHECK (platform IN ('slack', 'teams', 'console')),
    team {id} NOT NULL,
    channel {id} NOT NULL,
    message_id {id} NOT NULL,
    -- The message as our own value, JSON.
    message TEXT NOT NULL,
    PRIMARY KEY (workspace_id, subject_kind, subject_id, platform, team, channel, message_id)
) {strict};

-- One writing of a section group; at most one at a time.
CREATE TABLE generation (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    id {id} NOT NULL,
    section_group {id} NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'complete', 'partial', 'failed')),
    started_by {id} NOT NULL,
    started_by_name TEXT NOT NULL,
    started_at {int} NOT NULL,
    -- A running one that nobody has prolonged until then may be taken for failed.
    lease_until {int} NOT NULL,
    finished_at {int},
    PRIMARY KEY (workspace_id, id),
    CHECK ((state = 'running') = (finished_at IS NULL))
) {strict};
CREATE UNIQUE INDEX generation_running ON generation (workspace_id, section_group)
    WHERE state = 'running';
CREATE INDEX generation_group ON generation (workspace_id, section_group, started_at);
