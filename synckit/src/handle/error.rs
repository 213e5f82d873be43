//! What can go wrong when a value is read.

/// Why a value could not be read. Other values of the document are not affected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// What is stored is of another type, written by another version of the program.
    #[error("`{field}` holds a {found}, expected {expected}: write it anew or read it with the type it has")]
    WrongType {
        /// The field, or the place of the element.
        field: String,
        /// What was expected.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// The element was removed, here or elsewhere.
    #[error("the element is not in the list any more")]
    NotFound,
}
