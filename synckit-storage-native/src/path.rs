//! Where a program's data belongs on this operating system.

use std::path::PathBuf;

use etcetera::BaseStrategy;

use crate::error::OpenError;
use crate::limits::MAX_NAME_BYTES;

/// The file in which [`NativeStorage::open`](crate::NativeStorage::open) keeps the documents of a program:
/// `synckit.sqlite` in the folder that the operating system has for its data.
///
/// | | for the name `my-app` |
/// |---|---|
/// | Linux, BSD | `$XDG_DATA_HOME/my-app`, or `~/.local/share/my-app` |
/// | macOS | `~/Library/Application Support/my-app` |
/// | Windows | `%LOCALAPPDATA%\my-app` |
///
/// On Windows it is the folder that does not roam: a copy of a store on another machine would write under the same replica
/// ids.
///
/// Nothing is created or opened.
///
/// # Errors
/// [`OpenError::Name`], [`OpenError::NoPlace`] where there is no home.
///
/// ```
/// let path = synckit_storage_native::default_path("my-app")?;
/// assert!(path.ends_with("synckit.sqlite"));
/// # Ok::<(), synckit_storage_native::OpenError>(())
/// ```
pub fn default_path(name: &str) -> Result<PathBuf, OpenError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    if !begins || name.len() > MAX_NAME_BYTES || !name.chars().all(allowed) || name.ends_with('.') {
        return Err(OpenError::Name(name.chars().take(2 * MAX_NAME_BYTES).collect()));
    }
    let place = etcetera::base_strategy::choose_native_strategy()
        .map_err(|error| OpenError::NoPlace(error.to_string()))?;
    // What etcetera calls the cache is `%LOCALAPPDATA%` there.
    let folder = if cfg!(windows) { place.cache_dir() } else { place.data_dir() };
    Ok(folder.join(name).join("synckit.sqlite"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_folder_of_its_own() {
        let path = default_path("My-App_2.x").unwrap();
        assert!(path.is_absolute(), "{}", path.display());
        assert!(path.components().any(|part| part.as_os_str() == "My-App_2.x"), "{}", path.display());
        assert_ne!(default_path("other").unwrap(), path);
    }

    #[test]
    fn names_that_leave_the_folder_are_refused() {
        let long = "x".repeat(65);
        for name in ["", ".", "..", "a/b", "a\\b", "../x", ".hidden", "a b", "a.", "C:", "ä", long.as_str()]
        {
            assert!(matches!(default_path(name), Err(OpenError::Name(_))), "{name}");
        }
    }
}
