//! A change someone must accept or discard. Never waits.
