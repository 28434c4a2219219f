//! The `strongroom-drop` program.

fn main() -> std::process::ExitCode {
    strongroom_drop::main()
}
