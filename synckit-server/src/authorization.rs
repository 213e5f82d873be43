//! The one gate every request for a document passes. Accounts and roles plug in here.

/// Who speaks on a connection.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Principal {
    /// Nobody has proved to be anybody.
    Anonymous,
}

/// What somebody wants to do with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// Receive it and everything that changes.
    Read,
    /// Change it.
    Write,
    /// Show the others who is here.
    Presence,
}

/// Permission is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Denied {
    /// What the client is told. At most 200 characters arrive.
    pub reason: String,
}

/// Decides who may do what. It is asked for every subscription, every batch of changes and every presence message, so an
/// answer that changes takes effect at once; it has to answer from memory.
pub trait Authorizer: Send + Sync + 'static {
    /// Whether `principal` may do `action` with `document`.
    ///
    /// # Errors
    /// [`Denied`] becomes `Nack FORBIDDEN`.
    fn authorize(&self, principal: &Principal, document: &str, action: Action) -> Result<(), Denied>;
}

/// Lets everybody do everything: for programs on one machine or in a trusted network.
#[derive(Debug, Clone, Copy, Default)]
pub struct AllowEverybody;

impl Authorizer for AllowEverybody {
    fn authorize(&self, _: &Principal, _: &str, _: Action) -> Result<(), Denied> {
        Ok(())
    }
}

impl<F> Authorizer for F
where
    F: Fn(&Principal, &str, Action) -> Result<(), Denied> + Send + Sync + 'static,
{
    fn authorize(&self, principal: &Principal, document: &str, action: Action) -> Result<(), Denied> {
        self(principal, document, action)
    }
}
