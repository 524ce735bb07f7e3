//! Partner, deal and activity facts, and their import. Never waits.
