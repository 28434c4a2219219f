//! The rules of the states against a small model that was written from their sentences, not from the code.
//!
//! `model` holds what the sentences say, of numbers; `harness` drives the real functions as a vault would. Both take
//! the same random steps in a small world, and after each they must agree.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "what cannot be had fails the test"
)]

use proptest::option;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

mod states_model {
    pub(crate) mod ages;
    pub(crate) mod harness;
    pub(crate) mod invariants;
    pub(crate) mod model;
    pub(crate) mod names;
}

use crate::states_model::harness::Harness;
use crate::states_model::model::Model;

/// One thing that happens. Escrows are told by a number that is taken modulo how many there are.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// The clock moves, perhaps back.
    Clock(i64),
    Arrive(Arriving),
    Confirm(usize),
    Expose(usize),
    Prove(usize),
    Waive(usize),
}

/// Passwords that one source brings for one volume.
#[derive(Clone, Debug)]
pub(crate) struct Arriving {
    pub(crate) device: u8,
    /// Whether the name is written otherwise.
    pub(crate) other_case: bool,
    pub(crate) id: Option<u8>,
    pub(crate) mount: Option<u8>,
    pub(crate) removable: Option<bool>,
    pub(crate) told: Told,
    pub(crate) confirmed: bool,
    /// Protector, password, and when it was made, from now.
    pub(crate) passwords: Vec<(u8, u8, i64)>,
}

/// What the source knows of time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Told {
    Live,
    /// Live at a time by the sender's own clock, from now, and in its order.
    Sent(i64),
    /// Live at a time, from now.
    Taken(i64),
    Dated,
    Undated,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (-20_i64..40).prop_map(Step::Clock),
        1 => prop_oneof![Just(100_000_i64), Just(-100_000)].prop_map(Step::Clock),
        10 => arriving().prop_map(Step::Arrive),
        1 => any::<usize>().prop_map(Step::Confirm),
        4 => any::<usize>().prop_map(Step::Expose),
        1 => any::<usize>().prop_map(Step::Prove),
        1 => any::<usize>().prop_map(Step::Waive),
    ]
}

fn arriving() -> impl Strategy<Value = Arriving> {
    let told = prop_oneof![
        4 => Just(Told::Live),
        2 => (-40_i64..10).prop_map(Told::Sent),
        1 => (-40_i64..10).prop_map(Told::Taken),
        3 => Just(Told::Dated),
        2 => Just(Told::Undated),
    ];
    let passwords = proptest::collection::vec((0_u8..3, 0_u8..4, -40_i64..10), 1..4);
    (
        (0_u8..2, any::<bool>()),
        option::weighted(0.5, 0_u8..2),
        option::weighted(0.7, 0_u8..2),
        option::weighted(0.3, any::<bool>()),
        told,
        prop::bool::weighted(0.85),
        passwords,
    )
        .prop_map(
            |((device, other_case), id, mount, removable, told, confirmed, passwords)| Arriving {
                device,
                other_case,
                id,
                mount,
                removable,
                told,
                confirmed,
                passwords,
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("proptest-regressions/states_model.txt"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn states_are_what_the_sentences_say(steps in proptest::collection::vec(step(), 1..40)) {
        let (mut model, mut harness) = (Model::default(), Harness::default());
        for step in &steps {
            let said = model.step(step);
            let did = harness.step(step);
            prop_assert_eq!(&did, &said, "what was decided of {:?}", step);
            prop_assert_eq!(harness.seen(), model.seen(), "after {:?}", step);
            harness.check_invariants();
        }
        harness.check_replay();
    }
}
