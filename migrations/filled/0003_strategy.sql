-- A section with two revisions, a thread with an open and an accepted proposal, a run that is over.
INSERT INTO section (workspace_id, address, revision, document, body_hash, updated_at, updated_by,
    origin, generated_at, human_edits)
    VALUES ('w', 'icp', 2, '{}', 'h2', 5, 'Ana', 'edit', 1, 1);
INSERT INTO section_revision (workspace_id, address, revision, document, body_hash, author,
    author_name, origin, drafted_by, proposal_id, note, at)
    VALUES ('w', 'icp', 1, '{}', 'h1', 'ana', 'Ana', 'generated', '{"by":"rules"}', NULL, '', 1),
           ('w', 'icp', 2, '{}', 'h2', 'ana', 'Ana', 'edit', '{"by":"rules"}', 'p1', '', 5);
INSERT INTO thread (workspace_id, id, address, opened_by, opened_by_name, platform, team, channel,
    root, message, request, created_at)
    VALUES ('w', 'th1', 'icp', 'ana', 'Ana', 'slack', 'T1', 'C1', '1.1', '{}', 'narrow it', 2),
           ('w', 'th2', 'icp', 'ben', 'Ben', '', '', '', '', NULL, NULL, 3);
INSERT INTO turn (workspace_id, thread_id, seq, who, by_bot, text, at)
    VALUES ('w', 'th1', 1, 'Ana', 0, 'narrow it', 2), ('w', 'th1', 2, 'Attaché', 1, 'done', 3);
INSERT INTO proposal (workspace_id, id, address, thread_id, base_revision, state, created_at,
    expires_at, decided_by, decided_at, applied_revision, supersedes, body)
    VALUES ('w', 'p1', 'icp', 'th1', 1, 'accepted', 3, 99, 'ana', 5, 2, NULL, '{}'),
           ('w', 'p2', 'icp', 'th1', 2, 'open', 6, 99, NULL, NULL, NULL, 'p1', '{}');
INSERT INTO place (workspace_id, subject_kind, subject_id, platform, team, channel, message_id, message)
    VALUES ('w', 'proposal', 'p2', 'slack', 'T1', 'C1', '1.2', '{}');
INSERT INTO generation (workspace_id, id, section_group, state, started_by, started_by_name,
    started_at, lease_until, finished_at)
    VALUES ('w', 'g1', 'icp', 'complete', 'ana', 'Ana', 1, 2, 2),
           ('w', 'g2', 'tam', 'running', 'ana', 'Ana', 3, 9, NULL);
