//! The runner behind `cargo test --target wasm32-unknown-unknown`, set in `.cargo/config.toml`.
//!
//! It is `wasm-bindgen-test-runner` built from the workspace's own lock file: nothing to install, and always the version
//! that the tests were compiled with.

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os())
}
