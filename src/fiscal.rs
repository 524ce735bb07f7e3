//! Fiscal years and quarters: the only place where quarter arithmetic is done.
