//! Everything that is started together by the crate `e2e`: the server, the sites, the desktop program.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::demo::{self, Demo};
use crate::desktop;
use crate::progress::Progress;

/// How many steps building them shows.
pub(crate) const BUILD_STEPS: usize = 2 * demo::BUILD_STEPS + desktop::BUILD_STEPS;

/// What has been built.
pub(crate) struct Programs {
    server: PathBuf,
    todo: PathBuf,
    editor: PathBuf,
    desktop: PathBuf,
}

/// Builds them all.
pub(crate) fn build(release: bool, progress: &mut Progress) -> Result<Programs> {
    let todo = demo::build(Demo::Todo, release, progress)?;
    let editor = demo::build(Demo::Editor, release, progress)?;
    let desktop = desktop::build(release, progress)?;
    Ok(Programs { server: todo.server, todo: todo.site, editor: editor.site, desktop })
}

impl Programs {
    /// Tells a program of the crate `e2e` where they are.
    pub(crate) fn name_to<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("SYNCKIT_SERVER", &self.server)
            .env("SYNCKIT_TODO_SITE", &self.todo)
            .env("SYNCKIT_EDITOR_SITE", &self.editor)
            .env("SYNCKIT_EDITOR_DESKTOP", &self.desktop)
    }
}
