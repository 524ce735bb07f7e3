//! Package lint, held on every build: what makes PowerPoint offer a repair.
