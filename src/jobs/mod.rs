//! Work that must not be lost.
