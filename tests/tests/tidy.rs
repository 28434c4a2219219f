//! What holds for the source itself: layers, doors, receipts, size, marks, documents.
//!
//! Each rule is a function over paths and texts; beside the test that runs it over the workspace stands one that
//! feeds it what it forbids, so that a rule that no longer sees anything fails too.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that stumbles has failed"
)]

mod tidy {
    mod workspace;

    mod rust;

    mod paths;

    mod layers;

    mod doors;

    mod output;

    mod receipts;

    mod gate;

    mod text;

    mod documents;

    mod refusals;

    mod manifests;
}
