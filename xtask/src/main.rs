//! Developer commands. `cargo xtask --help` lists them.

mod codegen;
mod demo;
mod prerequisites;
mod process;
mod progress;
mod server;
mod tidy;
mod web;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Developer commands of SyncKit.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build a demo and its server, start them and print the address.
    Demo(demo::Arguments),
    /// Check the house rules.
    Tidy,
    /// Compile `proto/` to the Rust code checked in under `synckit/src/wire/generated.rs`.
    Codegen(codegen::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Tidy => tidy::run(),
        Command::Codegen(arguments) => codegen::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
