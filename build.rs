//! Says which folders are embedded, so that a change in them is built.

fn main() {
    for folder in ["docs/notes", "packs", "src/cost/prices"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
