//! Reading an account: the core collectors, one file a service, on the official SDK crates.
//!
//! Only what the selected rules need is asked for. Whatever cannot be read becomes a gap; nothing already gathered is
//! lost.

mod account;
mod call;
mod iam;
mod metrics;
mod packs;
pub mod price_list;
mod progress;
mod recorded;
mod s3;
mod stop;
mod usage;

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::Semaphore;

use crate::aws::{Clients, Session};
use crate::inventory::{Account, Gaps, Inventory, Known, Region};
use crate::rule::NeedSet;

pub use progress::Progress;
pub use stop::{Stop, StopReason};

/// How to read an account.
#[derive(Clone, Debug)]
pub struct Options {
    /// What to read.
    pub needs: NeedSet,
    /// The regions to limit regional resources to; empty for all.
    pub regions: Vec<Region>,
    /// How many calls may be under way at once.
    pub concurrency: usize,
    /// How many objects, and how many open uploads, of a bucket are looked at.
    pub s3_sample: u32,
}

/// What all collectors share.
struct Collector<'a> {
    clients: &'a Clients,
    session: &'a Session,
    options: &'a Options,
    gate: Semaphore,
    gaps: Mutex<Gaps>,
    stop: &'a Stop,
    progress: &'a Progress,
}

/// Reads an account as far as it can be read, until it is done or stopped.
pub async fn collect(session: &Session, options: &Options, stop: &Stop, progress: &Progress) -> Inventory {
    let collector = Collector {
        clients: &session.clients,
        session,
        options,
        gate: Semaphore::new(options.concurrency.max(1)),
        gaps: Mutex::default(),
        stop,
        progress,
    };
    let account = Account {
        id: session.account.clone(),
        partition: session.partition,
        caller_arn: Some(session.caller_arn.clone()),
        alias: Known::unread(),
        regions: Known::unread(),
        allowed_regions: Vec::new(),
    };
    let mut inventory = Inventory::unread(account, Timestamp::now());
    // Packs need the regions first; IAM and S3 do not wait for them.
    let account_and_packs = async {
        let account = collector.account().await;
        let (mut resources, recorded) = Box::pin(collector.packs(&account.1)).await;
        Box::pin(collector.usage(&mut resources)).await;
        (account, resources, recorded)
    };
    let ((account, resources, recorded), iam, s3) = tokio::join!(account_and_packs, collector.iam(), collector.s3());
    (inventory.account.alias, inventory.account.regions) = account;
    inventory.iam = iam;
    inventory.s3 = s3;
    inventory.resources = resources;
    inventory.recorded = recorded;
    inventory.regions.clone_from(&options.regions);
    inventory.gaps = collector.gaps.into_inner().unwrap_or_else(PoisonError::into_inner);
    inventory
}
