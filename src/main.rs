//! The door: everything else is in the library.

fn main() -> std::process::ExitCode {
    attache::app::main()
}
