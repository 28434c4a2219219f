//! The `strongroom` program.

fn main() -> std::process::ExitCode {
    strongroom_cli::main()
}
