-- Companies, the places their people talk in, the people themselves, and what was done by whom.

CREATE TABLE workspace (
    id {id} NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- IANA, such as Europe/London.
    zone TEXT NOT NULL,
    fiscal_start_month {int} NOT NULL CHECK (fiscal_start_month BETWEEN 1 AND 12),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    -- What onboarding was told, JSON; NULL until then.
    answers TEXT,
    sample {int} NOT NULL CHECK (sample IN (0, 1)),
    created_at {int} NOT NULL
) {strict};

-- A Slack team, a Teams tenant or the console. The one table that leads from a team to its
-- workspace, and so the one that is asked without naming a workspace.
CREATE TABLE installation (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    id {id} NOT NULL,
    platform TEXT NOT NULL CHECK (platform IN ('slack', 'teams', 'console')),
    team {id} NOT NULL,
    bot_user TEXT,
    -- Sealed; the key's id tells which key opens it.
    token {blob},
    token_key TEXT,
    active {int} NOT NULL CHECK (active IN (0, 1)),
    created_at {int} NOT NULL,
    PRIMARY KEY (workspace_id, id),
    CHECK ((token IS NULL) = (token_key IS NULL)),
    CHECK (active = 1 OR token IS NULL)
) {strict};
CREATE UNIQUE INDEX installation_team ON installation (platform, team);

CREATE TABLE member (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    id {id} NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
    created_at {int} NOT NULL,
    PRIMARY KEY (workspace_id, id)
) {strict};

-- Who a member is on a platform. One person may be known on several.
CREATE TABLE member_identity (
    workspace_id {id} NOT NULL,
    platform TEXT NOT NULL CHECK (platform IN ('slack', 'teams', 'console')),
    team {id} NOT NULL,
    user_id {id} NOT NULL,
    member_id {id} NOT NULL,
    PRIMARY KEY (workspace_id, platform, team, user_id),
    FOREIGN KEY (workspace_id, member_id) REFERENCES member (workspace_id, id)
) {strict};
CREATE INDEX member_identity_member ON member_identity (workspace_id, member_id);

-- A printed code that makes the first owner. Only its hash is kept.
CREATE TABLE claim_code (
    code_hash {id} NOT NULL PRIMARY KEY,
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    expires_at {int} NOT NULL
) {strict};

-- Bearer tokens for /import. Only the hash is kept; it leads to the workspace.
CREATE TABLE import_token (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    id {id} NOT NULL,
    name TEXT NOT NULL,
    token_hash {id} NOT NULL,
    created_at {int} NOT NULL,
    used_at {int},
    revoked_at {int},
    PRIMARY KEY (workspace_id, id)
) {strict};
CREATE UNIQUE INDEX import_token_hash ON import_token (token_hash);

-- Append only. Each row's hash covers the row and the hash before it; the head knows the last.
CREATE TABLE audit_log (
    workspace_id {id} NOT NULL,
    seq {int} NOT NULL CHECK (seq > 0),
    at {int} NOT NULL,
    actor_member TEXT,
    actor_name TEXT NOT NULL,
    platform TEXT CHECK (platform IN ('slack', 'teams', 'console')),
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    before_revision {int},
    after_revision {int},
    detail TEXT NOT NULL,
    inbound_key TEXT,
    hash TEXT NOT NULL,
    PRIMARY KEY (workspace_id, seq)
) {strict};

CREATE TABLE audit_head (
    workspace_id {id} NOT NULL PRIMARY KEY REFERENCES workspace (id),
    seq {int} NOT NULL,
    hash TEXT NOT NULL
) {strict};
