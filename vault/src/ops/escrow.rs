//! `escrow`: takes in one recovery password.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use strongroom_core::state::Naming;
use strongroom_core::state::Source;
use strongroom_core::state::Standing;
use strongroom_core::values::DeviceName;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::Time;

use crate::ops::Arriving;
use crate::ops::Error;
use crate::ops::Escrowed;
use crate::ops::Unsealed;
use crate::ops::Who;
use crate::store::Alarm;

/// A password to be taken in.
pub struct EscrowRequest<'p> {
    /// The device.
    pub device: DeviceName,
    /// The volume, as far as it is named.
    pub naming: Naming,
    /// The protector whose password it is.
    pub protector: ProtectorId,
    /// The password.
    pub password: &'p RecoveryPassword,
    /// When it was made, where somebody knows.
    pub created: Option<Time>,
}

impl Unsealed {
    /// Takes in one recovery password, by the rules of its volume, as one who sees it there now.
    ///
    /// # Errors
    ///
    /// Fails as [`Self::take_in`] does.
    pub fn escrow(&mut self, who: &Who, request: &EscrowRequest<'_>) -> Result<Escrowed, Error> {
        let arriving = Arriving {
            device: Some(request.device.clone()),
            naming: request.naming.clone(),
            protector: request.protector,
            password: request.password,
            source: Source::Escrow,
            standing: Standing::Live(request.created),
            confirmed: true,
            listed: Arc::new(BTreeSet::from([request.protector])),
            file: None,
            drop: None,
            sender: None,
        };
        let taken = self.take_in(who, &[&arriving], || {})?;
        let one = taken.into_iter().next();
        one.ok_or_else(|| Alarm::tampered("a password was taken in, and is not there").into())
    }
}

impl Escrowed {
    /// Why it became what it is, for people.
    pub fn why(&self) -> Cow<'static, str> {
        let why = self.rule.why();
        match self.record.clock {
            true => format!("{why}, by the order in which it came; a clock contradicts that").into(),
            false => why.into(),
        }
    }
}
