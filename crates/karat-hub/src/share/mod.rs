//! share.
