//! The `strongroom-audit` program.

fn main() -> std::process::ExitCode {
    strongroom_audit::main()
}
