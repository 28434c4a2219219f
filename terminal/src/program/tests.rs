use super::*;

#[test]
fn a_panic_is_a_bug() {
    let code = guarded(false, || panic!("secret"));
    assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::from(70)));
}
