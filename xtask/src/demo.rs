//! `cargo xtask demo`: builds a demo and its server, starts them and says where to look.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::ValueEnum;

use crate::progress::{Progress, seconds};
use crate::server::{self, Server};
use crate::web::{self, Profile};
use crate::{desktop, prerequisites, workspace};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Which demo.
    #[arg(default_value = "todo")]
    demo: Demo,

    /// Port on 127.0.0.1; when it is in use the next free one is taken.
    #[arg(long, default_value_t = 8787)]
    port: u16,

    /// Folder of the server's database. Default: target/demo/<demo>-data.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,

    /// Optimize: takes longer to build, is smaller and faster.
    #[arg(long)]
    release: bool,

    /// Build everything, then end instead of starting the server.
    #[arg(long)]
    build_only: bool,

    /// Also the demo as a desktop program, in a window of its own beside the server: only the editor has one.
    #[arg(long)]
    desktop: bool,

    /// With --desktop: this server, instead of starting one.
    #[arg(long, value_name = "ws://HOST:PORT/v1/sync", requires = "desktop")]
    url: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Demo {
    /// Shared to-do lists, with Leptos.
    Todo,
    /// Shared documents with live carets, comments and history, with Dioxus.
    Editor,
}

impl Demo {
    fn name(self) -> &'static str {
        match self {
            Demo::Todo => "todo",
            Demo::Editor => "editor",
        }
    }

    pub(crate) fn package(self) -> &'static str {
        match self {
            Demo::Todo => "demo-todo",
            Demo::Editor => "demo-editor",
        }
    }
}

/// How many steps building a demo shows.
pub(crate) const BUILD_STEPS: usize = 4;

/// A demo that has been built.
pub(crate) struct Build {
    pub(crate) server: PathBuf,
    pub(crate) site: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let demo = arguments.demo;
    ensure!(
        !arguments.desktop || demo == Demo::Editor,
        "only the editor is a desktop program, too: `cargo xtask demo editor --desktop`"
    );
    if let Some(url) = &arguments.url {
        let program = desktop::build(arguments.release, &mut Progress::new(desktop::BUILD_STEPS))?;
        return if arguments.build_only { Ok(()) } else { desktop::run(&program, url) };
    }
    let steps = BUILD_STEPS
        + if arguments.desktop { desktop::BUILD_STEPS } else { 0 }
        + if arguments.build_only { 0 } else { 1 };
    let mut progress = Progress::new(steps);
    let build = build(demo, arguments.release, &mut progress)?;
    let desktop = arguments.desktop.then(|| desktop::build(arguments.release, &mut progress)).transpose()?;
    if arguments.build_only {
        println!("built in {}", seconds(progress.elapsed()));
        return Ok(());
    }
    let data = match &arguments.data {
        Some(folder) => folder.clone(),
        None => workspace::target().join("demo").join(format!("{}-data", demo.name())),
    };
    let (server, port) = progress.step("start the server", || {
        let port = server::free_port(arguments.port)?;
        let server = Server::start(&build.server, port, &data.join("synckit.sqlite"), &build.site)?;
        Ok((server, port))
    })?;
    println!(
        "\n  Open  http://127.0.0.1:{port}/  in two windows. (ready after {})\n  Data: {}\n  Ctrl-C stops it.\n",
        seconds(progress.elapsed()),
        data.display()
    );
    // It goes when the server does; closing its window leaves the server to the browser.
    let _window = desktop.map(|program| desktop::start(&program, &server::address(port))).transpose()?;
    server.run_until_stopped()
}

/// Builds a demo for the browser, and the server, without starting them.
pub(crate) fn build(demo: Demo, release: bool, progress: &mut Progress) -> Result<Build> {
    let package = demo.package();
    progress.step("check what the build needs", || {
        prerequisites::c_compiler()?;
        prerequisites::wasm_target()
    })?;
    let server = progress.step("build synckit-server", || server::compile(release))?;
    let profile = if release { Profile::Release } else { Profile::Dev };
    let wasm =
        progress.step(format!("build {package} for the browser"), || web::compile(package, profile))?;
    // A folder for each, so that going back and forth between them builds nothing again.
    let folder = if release { format!("{}-release", demo.name()) } else { demo.name().to_owned() };
    let site = workspace::target().join("demo").join(folder);
    progress.step("write the site", || {
        let static_files = workspace::path(package).join("static");
        let written = web::package(&wasm, &package.replace('-', "_"), profile, &static_files, &site)?;
        if !written {
            println!("unchanged since the last start");
        }
        Ok(())
    })?;
    Ok(Build { server, site })
}
