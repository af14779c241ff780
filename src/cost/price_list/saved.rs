//! Prices that a user refreshed, kept in the folder for caches of their system.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::cost::{Price, PriceBook};

/// What is saved.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedPrices {
    /// The version of the form.
    afterlab_prices: u32,
    /// When they were read.
    pub refreshed_at: Timestamp,
    /// The prices.
    pub prices: Vec<Price>,
}

/// Why saved prices cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}", path.display())]
pub struct SavedPricesError {
    path: PathBuf,
    why: String,
}

impl SavedPrices {
    /// Prices that were read now.
    #[must_use]
    pub fn new(prices: Vec<Price>, refreshed_at: Timestamp) -> Self {
        Self { afterlab_prices: 1, refreshed_at, prices }
    }

    /// Where they are kept; none where the system does not say where a user's files are.
    #[must_use]
    pub fn path() -> Option<PathBuf> {
        let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let caches = if cfg!(windows) {
            folder("LOCALAPPDATA")
        } else {
            folder("XDG_CACHE_HOME").or_else(|| {
                let below = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
                folder("HOME").map(|home| home.join(below))
            })
        };
        caches.map(|caches| caches.join("afterlab").join("prices.json"))
    }

    /// Writes them, the old ones staying until the new ones are whole.
    ///
    /// # Errors
    /// [`SavedPricesError`] when the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), SavedPricesError> {
        let bad = |error: std::io::Error| SavedPricesError { path: path.to_owned(), why: error.to_string() };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(bad)?;
        }
        let text = serde_json::to_vec_pretty(self).map_err(|error| bad(error.into()))?;
        let unfinished = path.with_extension("unfinished");
        std::fs::write(&unfinished, text).map_err(bad)?;
        std::fs::rename(&unfinished, path).map_err(bad)
    }

    /// The embedded prices with the saved ones laid over them.
    ///
    /// # Errors
    /// [`SavedPricesError`] when there is a file that cannot be read.
    pub fn book(path: Option<&Path>) -> Result<PriceBook, SavedPricesError> {
        let Some(path) = path.filter(|path| path.exists()) else { return Ok(PriceBook::embedded().clone()) };
        let bad = |why: String| SavedPricesError { path: path.to_owned(), why };
        let text = std::fs::read(path).map_err(|error| bad(error.to_string()))?;
        let saved: Self =
            serde_json::from_slice(&text).map_err(|error| bad(format!("is no list of refreshed prices: {error}")))?;
        Ok(PriceBook::with(saved.prices))
    }
}
