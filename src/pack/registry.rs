//! All packs: those that ship with afterlab, and those that the user brings.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use include_dir::{Dir, include_dir};
use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy::MidpointAwayFromZero;
use rust_decimal::prelude::FromPrimitive;

use super::load::{PackError, load};
use super::{EMBEDDED, ResourceType};
use crate::aws::api::Api;
use crate::rule::{Check, OutcomeResult, Rule};

static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/packs");

/// Rules and types that were loaded.
#[derive(Debug, Default)]
struct Packs {
    rules: Vec<&'static Rule>,
    types: Vec<&'static ResourceType>,
}

static OWN: OnceLock<Packs> = OnceLock::new();

fn embedded() -> &'static Packs {
    static PACKS: OnceLock<Packs> = OnceLock::new();
    PACKS.get_or_init(|| {
        // A test loads every embedded file; one that could not be loaded would lack its rules, which the test sees.
        let mut packs = Packs::default();
        let files: Vec<_> = embedded_files().collect();
        let loaded: Vec<_> = files.iter().filter_map(|(pack, file, text)| load(pack, file, text).ok()).collect();
        packs.types = loaded.iter().map(|loaded| loaded.kind).collect();
        let find = |name: &str| packs.types.iter().copied().find(|kind| kind.name == name);
        packs.rules = loaded.into_iter().filter_map(|loaded| loaded.rules(&find).ok()).flatten().collect();
        packs.rules.sort_unstable_by_key(|rule| rule.id);
        packs
    })
}

/// The files of the packs that ship with afterlab: pack, name, text.
pub(crate) fn embedded_files() -> impl Iterator<Item = (&'static str, String, &'static str)> {
    let named = |dir: &'static Dir<'static>| dir.path().to_str();
    FOLDER.dirs().filter_map(move |dir| Some((named(dir)?, dir))).flat_map(|(pack, dir)| {
        let files = dir.files().filter(|file| file.path().extension().is_some_and(|end| end == "toml"));
        files
            .filter_map(move |file| Some((pack, format!("{EMBEDDED}{}", file.path().to_str()?), file.contents_utf8()?)))
    })
}

/// The rules of all packs, those of the user last.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    embedded().rules.iter().chain(OWN.get().into_iter().flat_map(|own| &own.rules)).copied()
}

/// The rules of the user's packs.
pub fn own_rules() -> impl Iterator<Item = &'static Rule> {
    OWN.get().into_iter().flat_map(|own| &own.rules).copied()
}

/// What the examples of a rule, and their costs, get wrong.
#[must_use]
pub fn broken_examples(rule: &'static Rule) -> Vec<String> {
    let (Check::Pack(logic), mut wrong) = (&rule.check, Vec::new()) else { return Vec::new() };
    for (example, expected) in rule.examples().iter().zip(&logic.monthly_usd) {
        let place = format!("{}: {} / {}", logic.kind.file, rule.id, example.name);
        let outcomes = match example.run(rule) {
            Ok(outcomes) => outcomes,
            Err(error) => {
                wrong.push(format!("{place}: {error}"));
                continue;
            }
        };
        for outcome in outcomes {
            let (got, want) = (outcome.status(), example.expected.status());
            if got != want {
                let why =
                    if let OutcomeResult::Error(why) = &outcome.result { format!(" ({why})") } else { String::new() };
                wrong.push(format!("{place}: expected {}, got {}{why}", want.as_str(), got.as_str()));
            }
            let OutcomeResult::Fail(problem) = outcome.result else { continue };
            let usd =
                problem.cost.as_ref().map(|cost| cost.usd_per_month.round_dp_with_strategy(2, MidpointAwayFromZero));
            let said = expected.and_then(Decimal::from_f64).map(|usd| usd.round_dp(2));
            if usd != said {
                let shown = |usd: Option<Decimal>| usd.map_or_else(|| "nothing".to_owned(), |usd| format!("${usd}"));
                wrong.push(format!("{place}: costs {} a month, and monthly_usd says {}", shown(usd), shown(said)));
            }
        }
    }
    wrong
}

/// The types of all packs.
pub fn types() -> impl Iterator<Item = &'static ResourceType> {
    embedded().types.iter().chain(OWN.get().into_iter().flat_map(|own| &own.types)).copied()
}

/// Adds the packs of a folder: each of its folders is one, and so is it itself when it has an `api.json`.
///
/// # Errors
/// [`PackError`] for the first thing that is wrong, also when packs were added before.
pub fn add(folder: &Path) -> Result<usize, PackError> {
    let packs = read_folder(folder)?;
    let count = packs.rules.len();
    let twice = PackError {
        file: folder.display().to_string(),
        place: None,
        message: "only one folder of packs can be given".to_owned(),
    };
    OWN.set(packs).map_err(|_| twice)?;
    Ok(count)
}

/// Writes the file of a new type into a pack, which must have its model, and gives its path.
///
/// # Errors
/// [`PackError`] when there is no model, no list for the type, or such a file already.
pub fn scaffold(pack: &Path, kind: &str) -> Result<PathBuf, PackError> {
    let wrong = |path: &Path, message: String| PackError { file: path.display().to_string(), place: None, message };
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric());
    if kind.split("::").count() != 3 || !kind.split("::").all(is_word) {
        return Err(wrong(pack, format!("{kind:?} is no type; they look like AWS::SQS::Queue")));
    }
    let api = read_model(pack).map_err(|message| {
        wrong(
            pack,
            format!("{message}; copy service-2.json and paginators-1.json of botocore's data/ folder there first"),
        )
    })?;
    let name = pack.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let text = super::scaffold::file(&api, &name, kind).map_err(|message| wrong(pack, message))?;
    let path = pack.join(format!("{}.toml", kind.rsplit("::").next().unwrap_or(kind).to_lowercase()));
    if path.exists() {
        return Err(wrong(&path, "is there already".to_owned()));
    }
    std::fs::write(&path, text).map_err(|error| wrong(&path, format!("cannot be written: {error}")))?;
    Ok(path)
}

fn read_folder(folder: &Path) -> Result<Packs, PackError> {
    let wrong = |path: &Path, message: String| PackError { file: path.display().to_string(), place: None, message };
    let entries = |path: &Path| -> Result<Vec<PathBuf>, PackError> {
        let read = std::fs::read_dir(path).map_err(|error| wrong(path, format!("cannot be read: {error}")))?;
        let mut paths: Vec<_> = read.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        Ok(paths)
    };
    let mut folders: Vec<_> = entries(folder)?
        .into_iter()
        .filter(|path| path.join("api.json").is_file() || path.join("service-2.json").is_file())
        .collect();
    if folder.join("api.json").is_file() || folder.join("service-2.json").is_file() {
        folders.push(folder.to_owned());
    }
    if folders.is_empty() {
        return Err(wrong(folder, "has no pack: no folder in it has an api.json or service-2.json".to_owned()));
    }
    let mut files = Vec::new();
    for pack in folders {
        let pack_name = pack.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let api = Arc::new(read_model(&pack).map_err(|message| wrong(&pack, message))?);
        for path in entries(&pack)?.into_iter().filter(|path| path.extension().is_some_and(|end| end == "toml")) {
            let text =
                std::fs::read_to_string(&path).map_err(|error| wrong(&path, format!("cannot be read: {error}")))?;
            files.push((pack_name.clone(), path.display().to_string(), text, Arc::clone(&api)));
        }
    }
    let mut loaded = Vec::new();
    let mut names: BTreeSet<&str> = types().map(|kind| kind.name).collect();
    let mut packs = Packs::default();
    for (pack, file, text, api) in &files {
        let of_file = load(pack, file, text)?;
        if !names.insert(of_file.kind.name) {
            return Err(wrong(Path::new(file), format!("the type {} is there already", of_file.kind.name)));
        }
        keep_model(of_file.kind, api);
        packs.types.push(of_file.kind);
        loaded.push((file, of_file, api));
    }
    let mut ids: BTreeSet<&str> = crate::rule::registry::all().map(|rule| rule.id).collect();
    let own = packs.types.clone();
    let find = |name: &str| own.iter().copied().chain(types()).find(|kind| kind.name == name);
    for (file, of_file, api) in loaded {
        let kind = of_file.kind;
        let rules = of_file.rules(&find)?;
        super::check::against_model(kind, &rules, api).map_err(|message| wrong(Path::new(file), message))?;
        if let Some(rule) = rules.iter().find(|rule| !ids.insert(rule.id)) {
            return Err(wrong(Path::new(file), format!("the rule {} is there already", rule.id)));
        }
        packs.rules.extend(rules);
    }
    packs.rules.sort_unstable_by_key(|rule| rule.id);
    Ok(packs)
}

fn read_model(pack: &Path) -> Result<Api, String> {
    let read = |name: &str| std::fs::read(pack.join(name));
    let text = read("api.json")
        .or_else(|_| read("service-2.json"))
        .map_err(|error| format!("its model cannot be read: {error}"))?;
    let mut api = Api::parse(&text).map_err(|error| format!("its model {error}"))?;
    if let Ok(paginators) = read("paginators-1.json") {
        api.add_paginators(&paginators).map_err(|error| format!("paginators-1.json {error}"))?;
    }
    Ok(api)
}

/// Models that were read, by pack; a user's pack may have the name of one that ships with afterlab, so its types count.
static MODELS: Mutex<Vec<(String, Arc<Api>)>> = Mutex::new(Vec::new());

fn keep_model(kind: &ResourceType, api: &Arc<Api>) {
    MODELS.lock().unwrap_or_else(PoisonError::into_inner).push((kind.name.to_owned(), Arc::clone(api)));
}

/// The API model that a type is read with.
///
/// # Errors
/// Why the model cannot be used.
pub fn model(kind: &ResourceType) -> Result<Arc<Api>, String> {
    let mut models = MODELS.lock().unwrap_or_else(PoisonError::into_inner);
    let embedded = format!("{EMBEDDED}{}", kind.pack);
    let known =
        models.iter().find(|(name, _)| name == kind.name || (*name == embedded && kind.file.starts_with(EMBEDDED)));
    if let Some((_, api)) = known {
        return Ok(Arc::clone(api));
    }
    let file = FOLDER
        .get_file(format!("{}/api.json", kind.pack))
        .ok_or_else(|| format!("the pack {} has no api.json", kind.pack))?;
    let api = Arc::new(Api::parse(file.contents()).map_err(|error| format!("the model of {} {error}", kind.pack))?);
    models.push((embedded, Arc::clone(&api)));
    Ok(api)
}
