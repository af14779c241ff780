//! The flags that every command has: what it says beside its result, and how it uses the terminal.

use std::io::IsTerminal as _;
use std::sync::OnceLock;

use clap::{Args, ValueEnum};

/// The terminal
#[derive(Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[command(next_help_heading = "The terminal")]
pub(super) struct TerminalArgs {
    /// Print the result and what went wrong, and nothing else: no progress bars, no talk
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    quiet: bool,

    /// Tell on standard error of each request: when, operation, region, status, time; and sum them up by service
    #[arg(long, short, global = true)]
    verbose: bool,

    /// Colours and links; `auto` has them on a terminal, and minds `NO_COLOR` and `CLICOLOR_FORCE`
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorWhen::Auto, global = true)]
    color: ColorWhen,

    /// Do not show long output in a pager (`AFTERLAB_PAGER`, `PAGER`, or less)
    #[arg(long, global = true)]
    no_pager: bool,
}

/// When there are colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ColorWhen {
    /// On a terminal
    #[default]
    Auto,
    /// Also in files and pipes
    Always,
    /// Nowhere
    Never,
}

impl From<ColorWhen> for anstream::ColorChoice {
    fn from(when: ColorWhen) -> Self {
        match when {
            ColorWhen::Auto => Self::Auto,
            // Also on Windows: a file or a pipe takes no calls of its console.
            ColorWhen::Always => Self::AlwaysAnsi,
            ColorWhen::Never => Self::Never,
        }
    }
}

/// What the flags of this process ask for. Everything that prints asks here, so that no command has to hand it on.
static FLAGS: OnceLock<TerminalArgs> = OnceLock::new();

/// Takes over what the flags ask for; the first call counts.
pub(super) fn set(flags: TerminalArgs) {
    anstream::ColorChoice::from(flags.color).write_global();
    // Set twice only by tests, which run in one process.
    let _ = FLAGS.set(flags);
}

/// Finds `--color` before the arguments are understood, so that it holds for the help and for wrong arguments, too.
pub(super) fn color_early(args: impl Iterator<Item = std::ffi::OsString>) {
    let mut args = args.filter_map(|arg| arg.into_string().ok()).take_while(|arg| arg != "--");
    while let Some(arg) = args.next() {
        let value = match arg.strip_prefix("--color") {
            Some("") => args.next(),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None => None,
        };
        if let Some(when) = value.and_then(|value| ColorWhen::from_str(&value, false).ok()) {
            anstream::ColorChoice::from(when).write_global();
        }
    }
}

fn flags() -> TerminalArgs {
    FLAGS.get().copied().unwrap_or_default()
}

/// Whether only the result and errors are wanted.
pub(super) fn is_quiet() -> bool {
    flags().quiet
}

/// Whether each request is to be told of.
pub(super) fn is_verbose() -> bool {
    flags().verbose
}

/// Whether progress bars may be drawn; they would tear the lines of the trace.
pub(super) fn shows_progress() -> bool {
    !is_quiet() && !is_verbose()
}

/// Whether somebody sits before standard output who can turn pages.
pub(super) fn may_page() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "false");
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    !flags().no_pager && std::io::stdout().is_terminal() && !set("CI") && !is_dumb
}

/// Whether standard output shows colours.
pub(super) fn has_colors() -> bool {
    anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
}
