//! A command on a terminal, as a person has it before them.

use std::process::Command;

/// What came of a run on a terminal: what was shown, standard error in it, and the exit code.
#[derive(Debug)]
pub struct Shown {
    pub code: Option<i32>,
    pub text: String,
}

/// Runs the binary on a terminal of 24 lines and 100 columns, in an environment with only these variables and the path.
pub fn on_terminal(args: &[&str], environment: &[(&str, &str)]) -> Shown {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/support/terminal.py");
    let path = std::env::var_os("PATH").expect("PATH");
    let mut command = Command::new("python3");
    command.args(["-B", script, env!("CARGO_BIN_EXE_afterlab")]).args(args);
    command.env_clear().env("PATH", path).env("HOME", "/nonexistent").env("TERM", "xterm-256color");
    let output = command.envs(environment.iter().copied()).output().expect("python3");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8").replace("\r\n", "\n");
    Shown { code: output.status.code(), text }
}
