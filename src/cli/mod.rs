//! Subcommands of the binary, thin.
