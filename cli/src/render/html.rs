//! The page of `audit report`: one file for people, on a screen and on paper.
//!
//! It fetches nothing and needs no script to be read; a policy in its head forbids everything but its own style and its
//! own small script, by their hashes. Every text passes one formatter, which writes out what is not seen and escapes
//! what means something in HTML. The same input gives the same bytes.

mod ages;
mod attention;
mod fate;
mod over_time;
mod page;
mod template;
mod times;

use strongroom_core::audit::Period;
use strongroom_core::audit::Report;
use strongroom_core::audit::Reveals;
use strongroom_core::values::Time;
use strongroom_core::values::VaultId;

use crate::render::html::page::Page;

/// What a report is made of.
#[derive(Clone, Copy, Debug)]
pub struct ReportInput<'a> {
    /// What the vault's people call it.
    pub site: Option<&'a str>,
    /// The vault.
    pub vault: VaultId,
    /// When the report is made; what is overdue is overdue then.
    pub made_at: Time,
    /// The period that was asked for.
    pub period: Period,
    /// The signed checkpoint of the log that the report is of.
    pub checkpoint: &'a str,
    /// What verifying the vault came to.
    pub verification: &'a Verification,
    /// The whole log, summed up.
    pub report: &'a Report,
    /// The reveals of the period.
    pub reveals: &'a Reveals,
}

/// What verifying a vault came to.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize)]
pub struct Verification {
    /// Whether nothing is wrong.
    pub ok: bool,
    /// What was found, line by line.
    pub lines: Vec<String>,
}

/// The page could not be made.
#[derive(Debug, thiserror::Error)]
#[error("the page could not be made")]
pub struct PageError(#[from] minijinja::Error);

/// The page of a report.
///
/// # Errors
///
/// Fails only where the template is wrong.
pub fn report(input: &ReportInput<'_>) -> Result<String, PageError> {
    Ok(template::rendered(&Page::of(input))?)
}

#[cfg(test)]
mod tests;
