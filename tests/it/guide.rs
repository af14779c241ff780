//! The guide shows what the binary does: its sessions are run, its pictures are drawn from real output.

use crate::documents::{assert_file, picture, root};

/// Pictures of the guide: the file, what was typed, and up to how many lines of the answer are shown.
const PICTURES: [(&str, &[&str], usize); 5] = [
    ("leftovers", &["scan", "--demo", "--kind", "leftover", "--severity", "high"], 40),
    ("where-numbers-come-from", &["scan", "--demo", "--rule", "kendra-*", "--explain"], 60),
    ("explain", &["explain", "kendra-index-left-running"], 34),
    ("notes", &["notes", "s3#block-public-access"], 30),
    ("framework", &["scan", "--demo", "--rule", "iam-root-*", "--framework", "cis-5.0"], 40),
];

/// ```` ```console ```` blocks of the guide: each command answers what is written below it. Renewed by
/// `TRYCMD=overwrite cargo test --test it guide`.
#[test]
fn sessions_in_the_guide_are_real() {
    trycmd::TestCases::new().case("docs/guide/src/*.md").env("NO_COLOR", "1");
}

#[test]
fn pictures_in_the_guide_are_real_output() {
    for (name, args, lines) in PICTURES {
        let path = root().join(format!("docs/guide/src/images/{name}.svg"));
        assert_file(&path, &picture(args, lines));
    }
}

#[test]
fn pictures_are_shown_and_described() {
    let mut shown = String::new();
    for entry in std::fs::read_dir(root().join("docs/guide/src")).expect("the guide").flatten() {
        shown.push_str(&std::fs::read_to_string(entry.path()).unwrap_or_default());
    }
    assert!(!shown.contains("![]("), "a picture without a description");
    for (name, ..) in PICTURES {
        assert!(shown.contains(&format!("](images/{name}.svg)")), "no page shows {name}.svg");
    }
}
