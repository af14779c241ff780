//! The API models of the packs: botocore's, cut to the operations that a pack names.
//!
//! What is cut away is prose, limits and errors; what stays is how requests and replies look, how listings go on, and
//! where the service is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Map, Value, json};

use crate::catalogue::command;

const VERSION: &str = "1.44.5";
const SHA256: &str = "8f16a56d1dff125dd65322ae021efa7ba5195a6db5102b96862566055b748921";
/// Models that are used without a pack: where, botocore's name, and the operations.
const OTHERS: &[(&str, &str, &[&str])] = &[
    (
        "../src/collect/recorded",
        "config",
        &["DescribeConfigurationRecorderStatus", "DescribeConfigurationRecorders", "SelectResourceConfig"],
    ),
    ("../src/cost/price_list", "pricing", &["GetProducts"]),
];

const PACKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../packs");

/// Members of shapes and references that say nothing about the form of a request or reply.
const DROPPED: &[&str] = &[
    "box",
    "deprecated",
    "deprecatedMessage",
    "deprecatedSince",
    "documentation",
    "enum",
    "error",
    "exception",
    "max",
    "min",
    "pattern",
    "synthetic",
];

/// Cuts the models, and writes or checks them.
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
    let data = botocore(folder)?.join("data");
    let endpoints = read(&data.join("endpoints.json"))?;
    let (mut stale, mut bytes, mut count) = (Vec::new(), 0, 0);
    let mut models = Vec::new();
    for pack in folders_of(Path::new(PACKS))? {
        let (service, names) = operations(&pack)?;
        models.push((pack, service, names));
    }
    let other = |(folder, service, names): &(&str, &str, &[&str])| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        (folder, (*service).to_owned(), names.iter().map(|name| (*name).to_owned()).collect())
    };
    models.extend(OTHERS.iter().map(other));
    for (folder, service, names) in models {
        let text = cut(&service, &names, &data, &endpoints)?;
        let target = folder.join("api.json");
        if fs::read_to_string(&target).is_ok_and(|committed| committed == text) {
            // as it should be
        } else if check {
            stale.push(target.display().to_string());
        } else {
            fs::write(&target, &text).map_err(|error| format!("{}: {error}", target.display()))?;
        }
        bytes += text.len();
        count += 1;
    }
    if stale.is_empty() {
        Ok(format!("{count} models, {bytes} bytes"))
    } else {
        Err(format!("run cargo xtask api-models: {}", stale.join(", ")))
    }
}

/// The pinned wheel, fetched unless the folder has it: a wheel is a zip, and nothing of it is run.
fn botocore(folder: &Path) -> Result<PathBuf, String> {
    let package = folder.join("botocore");
    if !package.exists() {
        let line = format!("botocore=={VERSION} --hash=sha256:{SHA256}\n");
        fs::write(folder.join("requirements.txt"), line).map_err(|error| error.to_string())?;
        let pip = ["-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "-r", "requirements.txt"];
        command(Command::new("python3").args(pip).current_dir(folder))?;
        let wheel = format!("botocore-{VERSION}-py3-none-any.whl");
        command(Command::new("python3").args(["-m", "zipfile", "-e", &wheel, "."]).current_dir(folder))?;
    }
    Ok(package)
}

fn folders_of(path: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    Ok(folders)
}

/// A file of JSON, or the same with `.gz` behind its name.
fn read(path: &Path) -> Result<Value, String> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(_) => {
            let packed = path.with_extension("json.gz");
            let file = fs::File::open(&packed).map_err(|error| format!("{}: {error}", packed.display()))?;
            let mut bytes = Vec::new();
            flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
            bytes
        }
    };
    serde_json::from_slice(&bytes).map_err(|error| format!("{}: {error}", path.display()))
}

/// The operations that the files of a pack name, and botocore's name of its service.
fn operations(pack: &Path) -> Result<(String, BTreeSet<String>), String> {
    let folder = pack.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (mut models, mut names) = (BTreeSet::new(), BTreeSet::new());
    let entries = fs::read_dir(pack).map_err(|error| error.to_string())?;
    for path in
        entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "toml"))
    {
        let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
        let file: toml::Table = text.parse().map_err(|error| format!("{}: {error}", path.display()))?;
        let resource = file.get("resource").cloned().unwrap_or(toml::Value::Boolean(false));
        let model = resource.get("model").and_then(toml::Value::as_str).unwrap_or(&folder).to_owned();
        models.insert(model);
        named(&resource, &mut names);
    }
    match models.into_iter().collect::<Vec<_>>().as_slice() {
        [model] => Ok((model.clone(), names)),
        [] => Err(format!("{} has no .toml", pack.display())),
        several => Err(format!("{} names several models: {several:?}", pack.display())),
    }
}

fn named(value: &toml::Value, names: &mut BTreeSet<String>) {
    match value {
        toml::Value::Table(table) => {
            names.extend(table.get("operation").and_then(toml::Value::as_str).map(str::to_owned));
            table.values().for_each(|value| named(value, names));
        }
        toml::Value::Array(items) => items.iter().for_each(|item| named(item, names)),
        _ => {}
    }
}

fn cut(service: &str, names: &BTreeSet<String>, data: &Path, endpoints: &Value) -> Result<String, String> {
    let versions = folders_of(&data.join(service))?;
    let newest = versions.last().ok_or_else(|| format!("botocore has no model of {service}"))?;
    let model = read(&newest.join("service-2.json"))?;
    let pagination = read(&newest.join("paginators-1.json")).unwrap_or_default();
    let (mut operations, mut shapes, mut pages) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for name in names {
        let operation = model["operations"].get(name).ok_or_else(|| format!("{service} has no operation {name}"))?;
        let mut kept = json!({"name": name});
        for member in ["http", "input", "output", "endpoint"] {
            if let Some(value) = operation.get(member) {
                kept[member] = clean(value);
            }
        }
        for member in ["input", "output"] {
            if let Some(shape) = operation.pointer(&format!("/{member}/shape")).and_then(Value::as_str) {
                reach(shape, &model["shapes"], &mut shapes);
            }
        }
        operations.insert(name.clone(), kept);
        if let Some(page) = pagination["pagination"].get(name) {
            pages.insert(name.clone(), page.clone());
        }
    }
    let prefix = model["metadata"]["endpointPrefix"].as_str().unwrap_or_default();
    let version = newest.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let source = format!("botocore {VERSION} data/{service}/{version} (Apache-2.0), cut by cargo xtask api-models");
    let mut text = format!("{{\n\"_source\": {},\n\"metadata\": {},\n", json!(source), model["metadata"]);
    text.push_str(&format!("\"regions\": {},\n", json!(regions(prefix, endpoints))));
    for (name, members, end) in [("operations", &operations, ","), ("pagination", &pages, ","), ("shapes", &shapes, "")]
    {
        let lines: Vec<String> = members.iter().map(|(key, value)| format!("{}: {value}", json!(key))).collect();
        text.push_str(&format!("\"{name}\": {{\n{}\n}}{end}\n", lines.join(",\n")));
    }
    text.push_str("}\n");
    Ok(text)
}

/// A shape and all that it is made of.
fn reach(name: &str, all: &Value, reached: &mut BTreeMap<String, Value>) {
    let Some(shape) = all.get(name) else { return };
    if reached.contains_key(name) {
        return;
    }
    reached.insert(name.to_owned(), clean(shape));
    let members = shape["members"].as_object().into_iter().flat_map(Map::values);
    for reference in members.chain(["member", "key", "value"].iter().filter_map(|part| shape.get(*part))) {
        reach(reference["shape"].as_str().unwrap_or_default(), all, reached);
    }
}

/// A shape, reference or operation without what says nothing about its form.
fn clean(value: &Value) -> Value {
    let Value::Object(members) = value else { return value.clone() };
    let mut kept = Map::new();
    for (name, value) in members.iter().filter(|(name, _)| !DROPPED.contains(&name.as_str())) {
        let value = match (name.as_str(), value) {
            // The names of members are not those of traits.
            ("members", Value::Object(members)) => {
                members.iter().map(|(name, member)| (name.clone(), clean(member))).collect::<Map<_, _>>().into()
            }
            (_, value) => clean(value),
        };
        kept.insert(name.clone(), value);
    }
    Value::Object(kept)
}

/// Services that are at one place and that `endpoints.json` does not have: prefix, region, host. Source: the service's
/// `endpoint-rule-set-1.json` in botocore.
const ONE_PLACE: &[(&str, &str, &str)] = &[("freetier", "us-east-1", "freetier.us-east-1.api.aws")];

/// Where a service is, by partition; `null` when botocore does not say.
fn regions(prefix: &str, endpoints: &Value) -> Option<Value> {
    let mut places = Map::new();
    for partition in endpoints["partitions"].as_array().into_iter().flatten() {
        let (Some(id), Some(service)) = (partition["partition"].as_str(), partition["services"].get(prefix)) else {
            continue;
        };
        let known = partition["regions"].as_object();
        let (mut regions, mut hosts) = (BTreeSet::new(), BTreeMap::new());
        for (name, endpoint) in service["endpoints"].as_object().into_iter().flatten() {
            if known.is_some_and(|known| known.contains_key(name)) {
                regions.insert(name.clone());
                if let Some(host) = endpoint["hostname"].as_str() {
                    hosts.insert(name.clone(), host.to_owned());
                }
            }
        }
        let mut place = json!({"regions": regions, "hosts": hosts});
        if let Some(global) = service["partitionEndpoint"].as_str().filter(|_| service["isRegionalized"] == false) {
            let endpoint = &service["endpoints"][global];
            place["global"] =
                json!({"region": endpoint["credentialScope"]["region"], "hostname": endpoint["hostname"]});
        }
        places.insert(id.to_owned(), place);
    }
    for (_, region, host) in ONE_PLACE.iter().filter(|(service, ..)| *service == prefix) {
        let global = json!({"region": region, "hostname": host});
        places.entry("aws").or_insert(json!({"regions": [], "hosts": {}, "global": global}));
    }
    (!places.is_empty()).then_some(Value::Object(places))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_keeps_what_is_reached_and_drops_prose() {
        let shapes = json!({
            "In": {"type": "structure", "members": {"documentation": {"shape": "Text", "documentation": "prose"}}},
            "Text": {"type": "string", "max": 10}, "Other": {"type": "string"},
        });
        let mut reached = BTreeMap::new();
        reach("In", &shapes, &mut reached);
        let expected = json!({
            "In": {"type": "structure", "members": {"documentation": {"shape": "Text"}}}, "Text": {"type": "string"},
        });
        assert_eq!(json!(reached), expected);
    }
}
