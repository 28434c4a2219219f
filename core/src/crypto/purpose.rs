//! Every key the vault derives, and so every label it may ever use.

/// What a derived key is for; its label keeps it apart from all others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// Authorisation of the anchor's NV index; context: epoch.
    AnchorAuthorisation,
    /// What a drop is encrypted for: it stands in HPKE's `info`.
    Drop,
    /// The key of a drop's sender; context: sender.
    DropSender,
    /// The key under which a password is fingerprinted; no context.
    Fingerprint,
    /// The key that encrypts the keyring; context: which copy.
    Keyring,
    /// The lockout authorisation of the TPM; no context.
    LockoutAuthorisation,
    /// The Ed25519 seed that signs the log; context: epoch.
    LogSigning,
    /// What a PIN is hashed with; context: vault and PIN.
    Pin,
    /// The key that authenticates counts of refusals; no context.
    RefusalCounts,
    /// Authorisation of the TPM's own signing key; no context.
    TpmSigningAuthorisation,
    /// The key that wraps one DEK; context: escrow.
    Wrap,
}

impl Purpose {
    /// The label: ASCII, without the zero byte that ends it where it is used.
    pub const fn label(self) -> &'static [u8] {
        match self {
            Self::AnchorAuthorisation => b"strongroom/v1/anchor-authorisation",
            Self::Drop => b"strongroom/v1/drop",
            Self::DropSender => b"strongroom/v1/drop-sender",
            Self::Fingerprint => b"strongroom/v1/fingerprint",
            Self::Keyring => b"strongroom/v1/keyring",
            Self::LockoutAuthorisation => b"strongroom/v1/lockout-authorisation",
            Self::LogSigning => b"strongroom/v1/log-signing",
            Self::Pin => b"strongroom/v1/pin",
            Self::RefusalCounts => b"strongroom/v1/refusal-counts",
            Self::TpmSigningAuthorisation => b"strongroom/v1/tpm-signing-authorisation",
            Self::Wrap => b"strongroom/v1/wrap",
        }
    }
}
