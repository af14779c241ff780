//! What must hold for any bytes, on the corpora of `fuzz/`.

use std::path::Path;

#[path = "../../fuzz/src/lib.rs"]
#[allow(unreachable_pub)] // it is a crate of its own, too
mod targets;

type Target = fn(&[u8]);

#[test]
fn the_corpora_hold() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let targets: [(&str, Target); 6] = [
        ("parser", targets::parser),
        ("matcher", targets::matcher),
        ("json", targets::json),
        ("yaml", targets::yaml),
        ("terraform", targets::terraform),
        ("terraform_json", targets::terraform_json),
    ];
    for (name, target) in targets {
        let files: Vec<_> = std::fs::read_dir(corpora.join(name)).expect("a corpus").flatten().collect();
        assert!(!files.is_empty(), "{name}");
        for file in files {
            target(&std::fs::read(file.path()).expect("a file"));
        }
    }
}
