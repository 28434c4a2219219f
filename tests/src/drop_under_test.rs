//! `strongroom-drop` as the tests run it: the program itself.

fn main() -> std::process::ExitCode {
    strongroom_drop::main()
}
