-- Somebody who was shut out, and a channel with outsiders in it.
INSERT INTO member (workspace_id, id, name, role, created_at, shut_out)
    VALUES ('w', 'eve', 'Eve', 'viewer', 3, 1);
INSERT INTO open_channel (workspace_id, platform, team, channel, name, allowed_by, at)
    VALUES ('w', 'slack', 'T1', 'C1', 'partners', 'Ana', 4);
