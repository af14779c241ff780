//! moto, pinned, installed into the target folder and started on a free loopback port.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::python::{environment, script, sources};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/emulator");

/// A running emulator; it ends when this is dropped, or with the test whatever happens, since it watches its stdin.
pub struct Emulator {
    child: Child,
    pub url: String,
}

impl Emulator {
    /// Starts an empty one.
    pub fn start() -> Self {
        let mut child = Command::new(python())
            .args(["-B", &format!("{FOLDER}/launcher.py"), "--port", "0"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the emulator starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its stdout");
        BufReader::new(stdout).read_line(&mut line).expect("its first line");
        let url = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("the emulator said {line:?}"));
        Self { url: url.to_owned(), child }
    }

    /// Fills it with a scenario of `seed.py`.
    pub fn seed(&self, scenario: &[&str]) {
        let mut args = vec!["--endpoint", &self.url];
        args.extend(scenario);
        seed(&args);
    }

    /// Fills it as a scenario says and then answers what the rules must say of it.
    pub fn seed_expecting(&self, scenario: &[&str]) -> serde_json::Value {
        self.seed(scenario);
        let mut args = vec!["--expected"];
        args.extend(scenario);
        serde_json::from_str(&seed(&args)).expect("what is expected")
    }

    /// Posts a body to one of its control paths.
    pub async fn post(&self, path: &str, content_type: &str, body: &str) {
        let (status, answer) = super::proxy::post(&format!("{}{path}", self.url), content_type, body).await;
        assert!(status.is_success(), "{path}: {status} {answer}");
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn seed(args: &[&str]) -> String {
    let output =
        Command::new(python()).args(["-B", &format!("{FOLDER}/seed.py")]).args(args).output().expect("seed.py");
    assert!(output.status.success(), "seed.py {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// What botocore makes of replies that are made after its models; see `as_botocore.py`.
pub fn as_botocore(asked: &serde_json::Value) -> serde_json::Value {
    let data = botocore_sources().join("botocore/data");
    let arguments = [&format!("{FOLDER}/as_botocore.py"), data.to_str().expect("UTF-8")];
    let answer = script(&python(), &arguments, &serde_json::to_vec(asked).expect("what is asked"));
    serde_json::from_slice(&answer).expect("JSON")
}

/// The unpacked source distribution of the emulator's botocore, which has AWS's protocol tests and whole API models.
pub fn botocore_sources() -> PathBuf {
    sources(&python(), "botocore-1.44.5", &format!("{FOLDER}/botocore-sources.txt"))
}

/// The emulator's Python, which has botocore, too.
pub fn python() -> PathBuf {
    environment("emulator", &format!("{FOLDER}/requirements.txt"))
}
