//! The flags that say what is judged: a live account, a snapshot, or the demo.

use std::path::PathBuf;

use clap::Args;

use super::CliError;
use super::live::{LiveArgs, LiveInventory};
use crate::doctor::{self, Check};
use crate::inventory::{Inventory, snapshot};
use crate::rule::{Need, NeedSet, Rule};
use crate::text::count;

/// Which account
#[derive(Args, Clone, Debug)]
pub(super) struct SourceArgs {
    /// Take the embedded demo account: no credentials, no network
    #[arg(long, conflicts_with_all = ["snapshot", "profile", "endpoint_url", "role_arn"], help_heading = "Which account")]
    demo: bool,

    /// Take a snapshot that `afterlab snapshot` wrote (.json or .json.zst)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["profile", "endpoint_url", "role_arn"], help_heading = "Which account")]
    snapshot: Option<PathBuf>,

    /// Ask AWS Config instead of listing, where its recorder has run for a day with AWS's own role: fewer calls, and what changed
    /// in the last minutes may be missing
    #[arg(long, conflicts_with_all = ["demo", "snapshot"], help_heading = "How to read")]
    from_config: bool,

    #[command(flatten)]
    live: LiveArgs,
}

/// What is judged, and how it was had.
pub(super) struct Source {
    pub(super) inventory: Inventory,
    /// Where it came from, in words.
    pub(super) name: String,
    /// Requests that were sent; none for a snapshot.
    pub(super) requests: Option<u64>,
    /// Why the reading ended early, if it did.
    pub(super) stopped: Option<String>,
}

impl SourceArgs {
    /// Reads what the rules need.
    pub(super) fn read(&self, rules: &[&'static Rule]) -> Result<Source, CliError> {
        if self.demo {
            let inventory = snapshot::demo().map_err(|error| CliError::new(format!("the demo account: {error}")))?;
            return Ok(self.saved(inventory, "the embedded demo account".to_owned()));
        }
        if let Some(path) = &self.snapshot {
            let inventory = snapshot::read_file(path).map_err(|error| {
                CliError::new(format!("{} cannot be scanned: {error}", path.display()))
                    .help("`afterlab snapshot -o FILE` writes a snapshot that can be")
            })?;
            return Ok(self.saved(inventory, format!("the snapshot {}", path.display())));
        }
        let needs = NeedSet::of_rules(rules);
        let needs = if self.from_config { needs.with(Need::RecordedResources) } else { needs };
        let LiveInventory { inventory, requests, stopped, source } = self.live.read(needs)?;
        let name = match (self.from_config, inventory.recorded.len()) {
            (false, _) => source,
            (true, 0) => format!("{source}; no recorder of AWS Config could be relied on, so everything was listed"),
            (true, types) => format!("{source}, {} as AWS Config recorded", count(types, "resource type")),
        };
        Ok(Source { inventory, name, requests: Some(requests), stopped: stopped.map(|reason| reason.to_string()) })
    }

    /// Looks at the way to what would be judged.
    pub(super) fn examine(&self, rules: &[&'static Rule]) -> Result<Vec<Check>, CliError> {
        if !self.demo && self.snapshot.is_none() {
            return Ok(doctor::proxies().into_iter().chain(self.live.examine(rules)?).collect());
        }
        Ok(vec![match self.read(rules) {
            Ok(source) => {
                let inventory = &source.inventory;
                let when = inventory.collected_at.strftime("%Y-%m-%d %H:%M UTC");
                let gaps = count(inventory.gaps.len(), "gap");
                Check::ok("source", format!("{}: account {}, read {when}, {gaps}", source.name, inventory.account.id))
            }
            Err(error) => Check::fail("source", error.what, error.help.unwrap_or_default()),
        }])
    }

    /// A saved inventory, limited to the regions that were asked for.
    fn saved(&self, mut inventory: Inventory, name: String) -> Source {
        inventory.limit_to(self.live.regions());
        Source { inventory, name, requests: None, stopped: None }
    }
}
