//! Who writes the first version.
