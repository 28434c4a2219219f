use super::*;
use crate::log::Action;
use crate::state::tests::held;
use crate::state::tests::volume;

#[test]
fn an_escrow_without_standing_is_said_to_be_unconfirmed() {
    for unconfirmed in [false, true] {
        let record = EscrowRecord {
            unconfirmed,
            ..held(1, None)
        };
        let change = |record: &EscrowRecord| Change::Escrow {
            volume: 1,
            record: Box::new(record.clone()),
        };
        let other = EscrowRecord {
            unconfirmed: !unconfirmed,
            ..held(2, None)
        };
        let body = EventBody {
            escrow: Some(record.escrow),
            changes: vec![change(&other), change(&record)],
            ..EventBody::new(Action::Reveal)
        };
        assert_eq!(Subject::of_event(&body).unconfirmed, unconfirmed);
        assert_eq!(Subject::of_record(&volume([]), &record).unconfirmed, unconfirmed);
    }
}
