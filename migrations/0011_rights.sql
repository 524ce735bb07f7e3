-- Who is shut out, and the channels in which an owner lets outsiders read along.

-- 1: the role is none, whatever the column beside it says: a binary before this one does not know the
-- word, and takes such a person for a viewer.
ALTER TABLE member ADD COLUMN shut_out {int} NOT NULL DEFAULT 0 CHECK (shut_out IN (0, 1));

CREATE TABLE open_channel (
    workspace_id {id} NOT NULL REFERENCES workspace (id),
    platform TEXT NOT NULL CHECK (platform IN ('slack', 'teams', 'console')),
    team {id} NOT NULL,
    channel {id} NOT NULL,
    -- As it was called when it was allowed.
    name TEXT NOT NULL,
    allowed_by TEXT NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (workspace_id, platform, team, channel)
) {keyed};
