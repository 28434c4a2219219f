//! The encrypted password with its wrapped DEK.
