//! Settings, read once: complete or refused.
