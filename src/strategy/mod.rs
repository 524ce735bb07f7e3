//! What we know about partnerships: typed sections and exact arithmetic. Never waits.
