//! moto, pinned, installed into the target folder and started on a free loopback port.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

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
    let mut child = Command::new(python())
        .args(["-B", &format!("{FOLDER}/as_botocore.py"), data.to_str().expect("UTF-8")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("as_botocore.py starts");
    serde_json::to_writer(child.stdin.take().expect("its stdin"), asked).expect("what is asked");
    let output = child.wait_with_output().expect("its answer");
    assert!(output.status.success(), "as_botocore.py ended with {}", output.status);
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// The unpacked source distribution of the emulator's botocore, which has AWS's protocol tests and whole API models.
pub fn botocore_sources() -> PathBuf {
    const NAME: &str = "botocore-1.44.5";
    let python = python();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let lock = File::create(target.join("botocore.lock")).expect("a lock file");
    lock.lock().expect("the lock");
    let folder = target.join("sources");
    let stamp = folder.join("complete");
    if !stamp.exists() {
        let pins = format!("{FOLDER}/botocore-sources.txt");
        let folder_name = folder.to_str().expect("UTF-8");
        let run = |arguments: &[&str]| {
            let done = Command::new(&python).args(arguments).status();
            assert!(done.is_ok_and(|status| status.success()), "botocore's sources could not be had: {arguments:?}");
        };
        let options =
            ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary", ":all:", "--require-hashes"];
        run(&[&["-m", "pip", "download"][..], &options, &["-r", &pins, "-d", folder_name]].concat());
        run(&["-m", "tarfile", "-e", &format!("{folder_name}/{NAME}.tar.gz"), folder_name]);
        fs::write(stamp, "").expect("the stamp");
    }
    folder.join(NAME)
}

/// The Python of a virtual environment that holds exactly the pinned packages. Tests run as processes side by side, so
/// a lock lets one of them install.
fn python() -> PathBuf {
    let requirements = fs::read(format!("{FOLDER}/requirements.txt")).expect("requirements.txt");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let venv = target.join("emulator");
    let python = venv.join("bin/python");
    let stamp = venv.join("requirements.txt");
    fs::create_dir_all(target).expect("the target folder");
    let lock = File::create(target.join("emulator.lock")).expect("a lock file");
    lock.lock().expect("the lock");
    if fs::read(&stamp).ok().as_deref() != Some(&requirements) {
        install(&venv);
        fs::write(&stamp, requirements).expect("the stamp");
    }
    python
}

fn install(venv: &Path) {
    const NEED: &str = "the emulator tests need Python 3.10 or newer with venv (Debian: apt-get install python3-venv)";
    let _ = fs::remove_dir_all(venv);
    let made = Command::new("python3").args(["-m", "venv"]).arg(venv).status();
    assert!(made.is_ok_and(|status| status.success()), "{NEED}");
    let requirements = format!("{FOLDER}/requirements.txt");
    let installed = Command::new(venv.join("bin/python"))
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            &requirements,
        ])
        .status();
    assert!(installed.is_ok_and(|status| status.success()), "pip could not install {requirements}. {NEED}");
}
