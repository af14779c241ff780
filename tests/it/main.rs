//! What a user sees: the real binary against an emulated account, hostile endpoints and hostile files.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on says why and stops")]
#![allow(unreachable_pub, reason = "modules of one test binary")]

mod botocore;
mod config;
mod course;
mod denied;
mod distribution;
mod doctor;
mod documents;
mod endpoints;
mod evaluation;
mod families;
mod faults;
mod files;
mod formats;
mod fuzz;
mod grants;
mod grants_git;
mod grants_hostile;
mod grants_modules;
mod guide;
mod html;
mod lab;
mod leftovers;
mod notes;
mod oracle;
mod over_time;
mod permissions;
mod policy;
mod protocols;
mod random_policies;
mod recorded;
mod semantics;
mod sessions;
mod support;
mod terminal;
mod throttled;
mod well_kept;
mod whole;
