//! Pinned Python packages: environments of them, and sources, in the target folder. Tests run as processes side by side,
//! so a lock lets one of them install.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const NEED: &str = "these tests need Python 3.10 or newer with venv (Debian: apt-get install python3-venv)";

fn target() -> &'static Path {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    fs::create_dir_all(target).expect("the target folder");
    target
}

/// The Python of a virtual environment that holds exactly what a file of requirements pins.
pub fn environment(name: &str, requirements: &str) -> PathBuf {
    let pins = fs::read(requirements).expect("requirements.txt");
    let venv = target().join(name);
    let stamp = venv.join("requirements.txt");
    let lock = File::create(target().join(format!("{name}.lock"))).expect("a lock file");
    lock.lock().expect("the lock");
    if fs::read(&stamp).ok().as_deref() != Some(&pins) {
        install(&venv, requirements);
        fs::write(&stamp, pins).expect("the stamp");
    }
    venv.join("bin/python")
}

fn install(venv: &Path, requirements: &str) {
    let _ = fs::remove_dir_all(venv);
    let made = Command::new("python3").args(["-m", "venv"]).arg(venv).status();
    assert!(made.is_ok_and(|status| status.success()), "{NEED}");
    let options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "-r", requirements];
    let installed = Command::new(venv.join("bin/python")).args(["-m", "pip", "install"]).args(options).status();
    assert!(installed.is_ok_and(|status| status.success()), "pip could not install {requirements}. {NEED}");
}

/// The unpacked source distribution (`botocore-1.44.5`) that a file pins.
pub fn sources(python: &Path, distribution: &str, pins: &str) -> PathBuf {
    let folder = target().join("sources").join(distribution);
    let lock = File::create(target().join(format!("{distribution}.lock"))).expect("a lock file");
    lock.lock().expect("the lock");
    let stamp = folder.join("complete");
    if !stamp.exists() {
        let name = folder.to_str().expect("UTF-8");
        let run = |arguments: &[&str]| {
            let done = Command::new(python).args(arguments).status();
            assert!(done.is_ok_and(|status| status.success()), "{distribution} could not be had: {arguments:?}");
        };
        let options =
            ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary", ":all:", "--require-hashes"];
        run(&[&["-m", "pip", "download"][..], &options, &["-r", pins, "-d", name]].concat());
        run(&["-m", "tarfile", "-e", &format!("{name}/{distribution}.tar.gz"), name]);
        fs::write(stamp, "").expect("the stamp");
    }
    folder.join(distribution)
}

/// What a script writes when it reads this.
pub fn script(python: &Path, arguments: &[&str], stdin: &[u8]) -> Vec<u8> {
    let mut child = Command::new(python)
        .arg("-B")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the script starts");
    child.stdin.take().expect("its stdin").write_all(stdin).expect("what it reads");
    let output = child.wait_with_output().expect("its answer");
    assert!(output.status.success(), "{arguments:?} ended with {}", output.status);
    output.stdout
}
