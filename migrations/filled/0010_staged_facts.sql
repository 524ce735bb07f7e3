-- An import of which one row has not been moved yet, and one that was left behind.
INSERT INTO staged_import (workspace_id, id, kind, state, at)
    VALUES ('w', 'i-1', 'deals', 'shown', 2), ('w', 'i-2', 'partners', 'writing', 2);
INSERT INTO staged_fact (workspace_id, import_id, external_id, partner_external_id, body)
    VALUES ('w', 'i-1', 'D-2', '', '{}'), ('w', 'i-2', 'P-1', '', '{}');
