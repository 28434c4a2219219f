//! `strongroom` as the tests run it.

fn main() -> std::process::ExitCode {
    strongroom_cli::main()
}
