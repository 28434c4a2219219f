use super::*;

/// What is looked up for each arriving password is found at once, however many others hold the same password or are of the
/// same protector: no table is read, and nothing is sorted.
#[test]
fn what_is_asked_of_each_password_is_the_first_row_of_an_index() {
    let mut connection = Connection::open_in_memory().unwrap();
    let transaction = connection.transaction().unwrap();
    strongroom_schema::migrate(&transaction).unwrap();
    let plan = |sql: &str| -> String {
        let mut statement = transaction.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let lines = statement.raw_query().mapped(|row| row.get::<_, String>(3));
        lines.collect::<Result<Vec<_>, _>>().unwrap().join("; ")
    };
    for (sql, index) in [
        (HELD, "escrow_by_fingerprint (fingerprint=? AND protector=?)"),
        (LAST_SHOWN, "escrow_shown_by_fingerprint (fingerprint=? AND shown_at>?)"),
        (LAST_EXPOSED, "escrow_exposed_by_fingerprint (fingerprint=?)"),
    ] {
        assert_eq!(plan(sql), format!("SEARCH escrow USING INDEX {index}"));
    }
}
