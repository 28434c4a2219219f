use std::collections::BTreeSet;

use super::*;

#[test]
fn a_problem_is_read_by_its_name() {
    for problem in Problem::ALL {
        assert_eq!(problem.to_string().parse::<Problem>().unwrap(), problem);
    }
    for word in ["", "Conflict", "conflicts", "conflict "] {
        assert_eq!(
            word.parse::<Problem>().unwrap_err().to_string(),
            "no such problem",
            "{word:?}"
        );
    }
}

#[test]
fn every_problem_has_a_bit_of_its_own() {
    let bits: BTreeSet<i64> = Problem::ALL.into_iter().map(Problem::bit).collect();
    assert_eq!(bits.len(), Problem::ALL.len());
    for problem in Problem::ALL {
        assert_eq!(Problem::of(problem.bit()), [problem]);
    }
    let all = bits.iter().sum();
    assert_eq!(Problem::of(all), Problem::ALL);
}
