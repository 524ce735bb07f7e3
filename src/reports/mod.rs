//! From facts to slides. Never waits.
