//! Runs the benchmarks. Memory is measured by `bench-memory`, next to this program: counting costs time.

use std::process::ExitCode;

fn main() -> ExitCode {
    bench::run(None)
}
