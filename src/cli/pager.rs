//! Long output in a pager, as git does it: only on a terminal, and never so that something is lost.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};

use super::{links, terminal};

/// What a shell ends with when it found no such command, or could not run it.
const NOT_RUN: [i32; 2] = [126, 127];

/// The options of less, unless the user has some: end at once when all fits, obey colours, leave the text on the screen.
const LESS: &str = "FRX";

/// The first version of less that hands on links. Source: its release notes, <https://www.greenwoodsoftware.com/less/news.581.html>.
const LESS_WITH_LINKS: u32 = 566;

/// Shows a text in the pager; false when there is none or it could not be run, and nothing was shown.
pub(super) fn show(text: &str) -> io::Result<bool> {
    let Some(command) = command() else { return Ok(false) };
    let text = if terminal::has_colors() {
        if links_pass(&command) { links::add(text) } else { text.to_owned() }
    } else {
        anstream::adapter::strip_str(text).to_string()
    };
    let Ok(mut pager) = spawn(&command) else { return Ok(false) };
    // Ctrl-C is for the pager; without this it would end afterlab and leave the pager alone with the terminal.
    let _guard = ignore_interrupts();
    Ok(feed(&mut pager, &text)?.code().is_none_or(|code| !NOT_RUN.contains(&code)))
}

/// Whether a text is longer than the screen.
pub(super) fn is_long(text: &str) -> bool {
    let rows = terminal_size::terminal_size().map_or(usize::MAX, |(_, height)| usize::from(height.0));
    text.lines().count() >= rows
}

/// The user's pager; none where that is empty or `cat`.
pub(super) fn command() -> Option<OsString> {
    let asked = env::var_os("AFTERLAB_PAGER").or_else(|| env::var_os("PAGER"));
    let default = || (!cfg!(windows)).then(|| OsString::from("less"));
    asked.or_else(default).filter(|command| !command.is_empty() && command != "cat")
}

fn spawn(command: &OsString) -> io::Result<Child> {
    // The variable holds a command with its options, for a shell to read.
    let mut shell = if cfg!(windows) { Command::new("cmd") } else { Command::new("sh") };
    shell.arg(if cfg!(windows) { "/C" } else { "-c" }).arg(command).stdin(Stdio::piped());
    if env::var_os("LESS").is_none() {
        shell.env("LESS", LESS);
    }
    shell.spawn()
}

/// A reader who leaves early has seen enough.
fn feed(pager: &mut Child, text: &str) -> io::Result<ExitStatus> {
    if let Some(mut input) = pager.stdin.take() {
        match input.write_all(text.as_bytes()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
            _ => {}
        }
    }
    pager.wait()
}

/// As long as it lives, Ctrl-C does nothing.
fn ignore_interrupts() -> Option<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().ok()?;
    runtime.spawn(async { while tokio::signal::ctrl_c().await.is_ok() {} });
    Some(runtime)
}

/// Whether the pager hands links on to the terminal.
fn links_pass(command: &OsString) -> bool {
    let Some(command) = command.to_str() else { return false };
    let program = command.split_whitespace().next().unwrap_or_default();
    if !links::are_wanted() || program.rsplit('/').next() != Some("less") {
        return false;
    }
    let version = Command::new(program).arg("--version").stdin(Stdio::null()).output();
    version.is_ok_and(|output| less_version(&String::from_utf8_lossy(&output.stdout)) >= Some(LESS_WITH_LINKS))
}

/// `less 590 (GNU regular expressions)`.
fn less_version(text: &str) -> Option<u32> {
    let number = text.strip_prefix("less ")?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_less_is_read() {
        assert_eq!(less_version("less 590 (GNU regular expressions)\nCopyright"), Some(590));
        assert_eq!(less_version("less 581.2 (PCRE)"), Some(581));
        assert_eq!(less_version("BusyBox v1.36"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_pager_that_is_missing_or_leaves_early_breaks_nothing() {
        let run = |command: &str| {
            let mut pager = spawn(&command.into()).expect("a shell");
            feed(&mut pager, &"a line\n".repeat(100_000)).expect("an end").code()
        };
        assert_eq!(run("no-such-pager-anywhere 2>/dev/null"), Some(127));
        assert_eq!(run("head -n 1 >/dev/null"), Some(0));
    }
}
