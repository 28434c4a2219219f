//! Work beside the thread that asks for it.

use std::panic::resume_unwind;
use std::thread::Builder;
use std::thread::Scope;
use std::thread::ScopedJoinHandle;

/// What a thread of its own makes, or made here where that is little, or where the system gives no thread.
pub(crate) enum Beside<'scope, T> {
    Begun(ScopedJoinHandle<'scope, T>),
    Made(T),
}

impl<'scope, T: Send + 'scope> Beside<'scope, T> {
    /// Begins it, if it is enough to be worth a thread.
    pub(crate) fn begin(
        scope: &'scope Scope<'scope, '_>,
        is_much: bool,
        work: impl Fn() -> T + Copy + Send + 'scope,
    ) -> Self {
        let begun = is_much.then(|| Builder::new().spawn_scoped(scope, work).ok());
        begun.flatten().map_or_else(|| Self::Made(work()), Self::Begun)
    }

    /// Waits for it.
    pub(crate) fn end(self) -> T {
        match self {
            Self::Begun(thread) => thread.join().unwrap_or_else(|panicked| resume_unwind(panicked)),
            Self::Made(made) => made,
        }
    }
}
