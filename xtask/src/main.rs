//! Developer commands. `cargo xtask --help` lists them.

mod bench;
mod codegen;
mod demo;
mod desktop;
mod msrv;
mod packages;
mod page;
mod prerequisites;
mod process;
mod programs;
mod progress;
mod server;
mod size;
mod test;
mod tidy;
mod wasm_opt;
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
    /// Run every check: formatting, lints, house rules, tests here, in a browser and end to end.
    Test(test::Arguments),
    /// What continuous integration runs: the same as `test`.
    Ci,
    /// Measure the speed of whole programs.
    Bench(bench::Arguments),
    /// Take the pictures of the documentation from the running demo.
    Screenshot,
    /// Measure what the demo weighs in the browser and how much of it is SyncKit.
    Size(size::Arguments),
    /// Check the house rules.
    Tidy,
    /// Check that what is published compiles with the oldest Rust it promises.
    Msrv,
    /// Compile `proto/` to the Rust code checked in under `synckit/src/wire/generated.rs`.
    Codegen(codegen::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Test(arguments) => return test::run(&arguments),
        Command::Ci => return test::run(&test::Arguments::default()),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Screenshot => bench::take_screenshots(),
        Command::Size(arguments) => size::run(&arguments),
        Command::Tidy => tidy::run(),
        Command::Msrv => msrv::run(),
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
