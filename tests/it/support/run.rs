//! The binary in an environment of which nothing leaks in.

use std::process::Command;

use serde_json::Value;

/// What came of a run.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// A command with dummy credentials, an empty home, and nothing else of the environment that matters.
pub fn afterlab(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_afterlab"));
    command.args(args);
    command.env_clear();
    command.envs([
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_CONFIG_FILE", "/nonexistent/config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials"),
        ("HOME", "/nonexistent"),
    ]);
    command
}

impl Run {
    /// Runs a command to its end.
    pub fn of(mut command: Command) -> Self {
        let output = command.output().expect("the binary starts");
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }

    /// Runs the binary with these arguments.
    pub fn with(args: &[&str]) -> Self {
        Self::of(afterlab(args))
    }

    /// Scans an endpoint and reads the JSON report.
    pub fn scan(endpoint: &str, args: &[&str]) -> (Self, Value) {
        let mut all = vec!["scan", "--endpoint-url", endpoint, "--format", "json"];
        all.extend(args);
        let run = Self::with(&all);
        let report = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:#?}"));
        (run, report)
    }

    /// That it failed as defined: exit 2, one error with help on stderr, nothing on stdout, no panic.
    pub fn assert_refused(&self, what: &str) {
        assert_eq!(self.code, Some(2), "{self:#?}");
        assert!(self.stderr.starts_with("error: "), "{self:#?}");
        assert!(self.stderr.contains(what), "{what:?} is missing: {self:#?}");
        assert!(!self.stderr.contains("panicked") && self.stdout.is_empty(), "{self:#?}");
    }
}
