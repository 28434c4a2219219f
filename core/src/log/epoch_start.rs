//! The beginning of an epoch after the first: what was there before, and who says so.
//!
//! A restore and the acceptance of an alarm begin a new epoch. Its keys are other ones, so whoever noted down the keys of
//! an epoch before asks one thing: did those sign for these?

use data_encoding::HEXLOWER;
use serde::Deserialize;
use serde::Serialize;

use crate::crypto::Digest;
use crate::crypto::SigningKey;
use crate::log::AnchorContent;
use crate::log::LogKeys;
use crate::log::LogKeysError;
use crate::log::VerifierKey;
use crate::state::canonical;

/// How an epoch came out of the one before; it stands in the epoch's first leaf.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EpochStart {
    /// What both keys sign.
    pub statement: EpochStatement,
    /// Ed25519 signature by the log key of the epoch before: 128 lower-case hexadecimal digits.
    pub signed_by_old: String,
    /// The same by the log key of this epoch.
    pub signed_by_new: String,
}

/// What is said of the epoch before, and which keys are those of the new one.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EpochStatement {
    /// Origin of the log before.
    pub old_origin: String,
    /// How many leaves it had: the log goes on behind them.
    pub size: u64,
    /// Its root then.
    pub root: Digest,
    /// What the anchor held last, where it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<AnchorContent>,
    /// How many commits the anchor remembered that the log lacks, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_commits: Option<u64>,
    /// The Ed25519 key of the new epoch, as a verifier key.
    pub log_key: String,
    /// The key of the new epoch's TPM, as a verifier key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tpm_key: Option<String>,
}

impl EpochStart {
    /// Signs a statement with the log keys of both epochs.
    pub fn sign(statement: EpochStatement, old: &SigningKey, new: &SigningKey) -> Self {
        let text = statement.signed_text();
        let sign = |key: &SigningKey| HEXLOWER.encode(key.sign(&text).as_bytes());
        Self {
            signed_by_old: sign(old),
            signed_by_new: sign(new),
            statement,
        }
    }

    /// The keys of the new epoch, if the log key of the old one, `old`, and the new one both signed for them.
    pub fn vouched_by(&self, old: &VerifierKey) -> Option<LogKeys> {
        let keys = self.statement.keys().ok()?;
        let text = self.statement.signed_text();
        let signed = |hex: &str, key: &VerifierKey| key.verify(&text, &HEXLOWER.decode(hex.as_bytes()).ok()?).ok();
        let both = signed(&self.signed_by_old, old).is_some() && signed(&self.signed_by_new, &keys.log).is_some();
        both.then_some(keys)
    }
}

impl EpochStatement {
    fn keys(&self) -> Result<LogKeys, LogKeysError> {
        let parse = |key: &str| key.parse::<VerifierKey>().map_err(|_| LogKeysError);
        Ok(LogKeys {
            log: parse(&self.log_key)?,
            tpm: self.tpm_key.as_deref().map(parse).transpose()?,
        })
    }

    /// `label ‖ 00 ‖ canonical JSON`: it can be taken for no note, which holds no zero byte.
    fn signed_text(&self) -> Vec<u8> {
        [LABEL, &[0], canonical(self).as_slice()].concat()
    }
}

const LABEL: &[u8] = b"strongroom/v1/epoch";
