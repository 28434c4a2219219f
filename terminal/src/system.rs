//! What differs between systems.

#[cfg(unix)]
mod unix;

#[cfg(unix)]
pub use unix::Descriptor;
#[cfg(unix)]
pub use unix::harden;
#[cfg(unix)]
pub(crate) use unix::write;

#[cfg(not(unix))]
mod other;

#[cfg(not(unix))]
pub use other::harden;
#[cfg(not(unix))]
pub(crate) use other::write;
