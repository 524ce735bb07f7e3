-- Two companies, one of them with people, a team and a past.
INSERT INTO workspace (id, name, zone, fiscal_start_month, currency, answers, sample, created_at)
    VALUES ('w', 'Northwind', 'Europe/London', 2, 'USD', NULL, 1, 1),
           ('v', 'Southwind', 'UTC', 1, 'EUR', NULL, 0, 2);
INSERT INTO installation (workspace_id, id, platform, team, bot_user, token, token_key, active, created_at)
    VALUES ('w', 'i1', 'slack', 'T1', 'UBOT', {bytes}, 'k1', 1, 1),
           ('w', 'i2', 'console', 'local', NULL, NULL, NULL, 1, 1),
           ('v', 'i3', 'slack', 'T2', NULL, NULL, NULL, 0, 1);
INSERT INTO member (workspace_id, id, name, role, created_at)
    VALUES ('w', 'ana', 'Ana', 'owner', 1), ('w', 'ben', 'Ben', 'member', 2);
INSERT INTO member_identity (workspace_id, platform, team, user_id, member_id)
    VALUES ('w', 'slack', 'T1', 'U1', 'ana'), ('w', 'console', 'local', 'ana', 'ana'),
           ('w', 'slack', 'T1', 'U2', 'ben');
INSERT INTO claim_code (code_hash, workspace_id, expires_at) VALUES ('h1', 'v', 99);
INSERT INTO import_token (workspace_id, id, name, token_hash, created_at, used_at, revoked_at)
    VALUES ('w', 't1', 'nightly', 'h1', 1, 2, NULL), ('w', 't2', 'old', 'h2', 1, NULL, 3);
INSERT INTO audit_log (workspace_id, seq, at, actor_member, actor_name, platform, action,
    subject_kind, subject_id, before_revision, after_revision, detail, inbound_key, hash)
    VALUES ('w', 1, 1, 'ana', 'Ana', 'slack', 'setup.answered', 'workspace', 'w', NULL, NULL, '', 'k', 'h');
INSERT INTO audit_head (workspace_id, seq, hash) VALUES ('w', 1, 'h');
