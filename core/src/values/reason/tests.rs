use super::*;

#[test]
fn the_words_are_those_of_the_command_line() {
    let reasons = "boot-order-changed bios-changed os-files-modified startup-key-lost pin-lost tpm-reset \
        passphrase-lost smartcard-lost hardware-replaced forensic other";
    assert_eq!(Reason::CODES.join(" "), reasons);
    assert_eq!(
        WaiveReason::CODES.join("|"),
        "device-destroyed|volume-erased|moved|clock-skew"
    );
}

#[test]
fn every_word_is_read_back() {
    for reason in Reason::ALL {
        assert_eq!(reason.to_string().parse(), Ok(*reason));
        let json = serde_json::to_string(reason).unwrap();
        assert_eq!(json, format!("\"{}\"", reason.code()));
        assert_eq!(serde_json::from_str::<Reason>(&json).unwrap(), *reason);
    }
    for reason in WaiveReason::ALL {
        assert_eq!(reason.to_string().parse(), Ok(*reason));
    }
    assert!("Forensic".parse::<Reason>().is_err());
    assert!("".parse::<Reason>().is_err());
}

#[test]
fn other_alone_needs_a_note() {
    let needing: Vec<_> = Reason::ALL.iter().filter(|reason| reason.needs_note()).collect();
    assert_eq!(needing, [&Reason::Other]);
}
