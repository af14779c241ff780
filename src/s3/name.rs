//! The names of general purpose buckets: what AWS refuses, and what it is wiser not to do.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>, with the account regional
//! namespace of March 2026.

use serde::Serialize;

use crate::inventory::{AccountId, Region};
use crate::text::printable;

/// Beginnings that AWS keeps back, and what for. (`sthree-configurator`, which older lists name besides, begins with
/// `sthree-`.)
const RESERVED_PREFIXES: &[(&str, &str)] = &[
    ("xn--", "which marks the encoded form of internationalised host names"),
    ("sthree-", "which AWS keeps for itself"),
    ("amzn-s3-demo-", "which AWS keeps for the examples in its documentation"),
];

/// Endings that AWS keeps back, and what for.
const RESERVED_SUFFIXES: &[(&str, &str)] = &[
    ("-s3alias", "access point aliases"),
    ("--ol-s3", "Object Lambda access point aliases"),
    (".mrap", "Multi-Region Access Points"),
    ("--x-s3", "directory buckets"),
    ("--table-s3", "table buckets"),
];

/// Words that everybody thinks of first.
const COMMON_WORDS: &[&str] = &[
    "ai",
    "app",
    "archive",
    "archives",
    "assets",
    "aws",
    "backup",
    "backups",
    "bedrock",
    "bucket",
    "buckets",
    "cdn",
    "cloudtrail",
    "company",
    "config",
    "content",
    "data",
    "dataset",
    "datasets",
    "demo",
    "dev",
    "docs",
    "documents",
    "download",
    "downloads",
    "example",
    "files",
    "first",
    "images",
    "input",
    "inputs",
    "kendra",
    "lab",
    "labs",
    "llm",
    "log",
    "logs",
    "media",
    "ml",
    "model",
    "models",
    "my",
    "new",
    "old",
    "output",
    "outputs",
    "photos",
    "private",
    "prod",
    "production",
    "public",
    "rag",
    "reports",
    "results",
    "s3",
    "sagemaker",
    "sample",
    "samples",
    "sandbox",
    "site",
    "stage",
    "staging",
    "static",
    "storage",
    "temp",
    "test",
    "testing",
    "tests",
    "the",
    "tmp",
    "training",
    "tutorial",
    "upload",
    "uploads",
    "videos",
    "web",
    "website",
    "www",
];

/// What the AWS CDK writes into every bucket that it bootstraps: it looks random and is the same for everybody.
const CDK_QUALIFIER: &str = "hnb659fds";

/// Something to say about a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// A word for it that stays the same: `length`, `reserved-prefix`.
    pub code: &'static str,
    /// One sentence.
    pub message: String,
}

/// What is to be said about a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NameReport {
    /// The name.
    pub name: String,
    /// Rules of AWS that it breaks: no such bucket can be created.
    pub errors: Vec<Remark>,
    /// What is allowed and unwise.
    pub advice: Vec<Remark>,
    /// A name near it that AWS would take, where there is one.
    pub suggestion: Option<String>,
}

impl NameReport {
    /// Whether AWS would take the name (if nobody has it).
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }

    /// The advice of this code.
    #[must_use]
    pub fn advice_on(&self, code: &str) -> Option<&Remark> {
        self.advice.iter().find(|remark| remark.code == code)
    }
}

/// Looks at a name. With an account, only that account's id counts as an account id in it; without one, any twelve
/// digits do.
#[must_use]
pub fn check(name: &str, account: Option<&AccountId>) -> NameReport {
    let errors = errors(name);
    let suggestion = if errors.is_empty() { None } else { suggest(name) };
    NameReport { name: name.to_owned(), errors, advice: advice(name, account), suggestion }
}

fn errors(name: &str) -> Vec<Remark> {
    let mut errors = Vec::new();
    let mut say = |code, message| errors.push(Remark { code, message });
    let length = name.chars().count();
    if !(3..=63).contains(&length) {
        say("length", format!("it has {length} characters; 3 to 63 are allowed"));
    }
    if let Some(strange) = strange_characters(name) {
        say(
            "characters",
            format!("it contains {strange}; only lower-case letters, digits, dots and hyphens are allowed"),
        );
    }
    let is_end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !is_end(name.chars().next()) || !is_end(name.chars().last()) {
        say("ends", "it must begin and end with a lower-case letter or a digit".to_owned());
    }
    if name.contains("..") {
        say("adjacent-dots", "it has two dots in a row".to_owned());
    }
    if is_like_an_address(name) {
        say("ip-address", "it has the form of an IP address".to_owned());
    }
    for (prefix, why) in RESERVED_PREFIXES {
        if name.starts_with(prefix) {
            say("reserved-prefix", format!("it begins with {prefix}, {why}"));
        }
    }
    for (suffix, owner) in RESERVED_SUFFIXES {
        if name.ends_with(suffix) {
            say("reserved-suffix", format!("it ends in {suffix}, which AWS keeps for {owner}"));
        }
    }
    if name.ends_with("-an") && !is_in_account_namespace(name) {
        say(
            "account-namespace",
            "it ends in -an, which AWS keeps for names in an account's own namespace (NAME-ACCOUNT-REGION-an)"
                .to_owned(),
        );
    }
    errors
}

/// The characters that are not allowed, each once and capitals together.
fn strange_characters(name: &str) -> Option<String> {
    let mut strange: Vec<String> = Vec::new();
    for c in name.chars().filter(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-'))) {
        let shown = match c {
            ' ' => "a space".to_owned(),
            '_' => "an underscore".to_owned(),
            c if c.is_ascii_uppercase() => "capitals".to_owned(),
            c => printable(&c.to_string()),
        };
        if !strange.contains(&shown) {
            strange.push(shown);
        }
    }
    (!strange.is_empty()).then(|| strange.join(", "))
}

fn is_like_an_address(name: &str) -> bool {
    let parts: Vec<_> = name.split('.').collect();
    parts.len() == 4 && parts.iter().all(|part| is_number(part) && part.len() <= 3)
}

/// Whether it is `NAME-ACCOUNT-REGION-an`, a name that no other account can ever take.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html>
fn is_in_account_namespace(name: &str) -> bool {
    let Some(rest) = name.strip_suffix("-an") else { return false };
    rest.match_indices('-').any(|(at, _)| {
        let (before, region) = (&rest[..at], &rest[at + 1..]);
        before.rsplit_once('-').is_some_and(|(own, account)| !own.is_empty() && is_account(account))
            && region.parse::<Region>().is_ok()
    })
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
}

fn is_account(word: &str) -> bool {
    word.len() == 12 && is_number(word)
}

fn advice(name: &str, account: Option<&AccountId>) -> Vec<Remark> {
    let mut advice = Vec::new();
    let mut say = |code, message| advice.push(Remark { code, message });
    // The course's list says `xn-`. AWS's rule is `xn--`: `xn-` alone is allowed, but one slip away from what is not.
    if name.starts_with("xn-") && !name.starts_with("xn--") {
        say(
            "xn-prefix",
            "it begins with xn-, which AWS allows; only xn-- is reserved, so rather stay clear of both".to_owned(),
        );
    }
    if name.contains('.') {
        say(
            "dots",
            "its dots do not fit the wildcard certificate of S3's host names, so that HTTPS under its own host name \
             fails, and they rule out Transfer Acceleration"
                .to_owned(),
        );
    }
    if is_in_account_namespace(name) {
        return advice;
    }
    let words: Vec<&str> = name.split(['-', '.', '_']).filter(|word| !word.is_empty()).collect();
    let id = words.iter().find(|word| account.map_or(is_account(word), |account| account.as_str() == **word));
    if let Some(id) = id {
        if !words.iter().any(|word| looks_random(word)) {
            say("account-id", format!("it is the account id {id} and words that can be guessed; the id is no secret"));
        }
    } else if matches!(words.len(), 1 | 2) && words.iter().all(|word| is_guessable(word)) {
        say("common-words", "it is nothing but what everybody thinks of first".to_owned());
    }
    advice
}

fn is_guessable(word: &str) -> bool {
    COMMON_WORDS.binary_search(&word.to_ascii_lowercase().as_str()).is_ok() || (is_number(word) && word.len() <= 4)
}

/// Letters and digits mixed, and enough of them: part of a GUID or of a hash.
fn looks_random(word: &str) -> bool {
    word.len() >= 6
        && word != CDK_QUALIFIER
        && word.bytes().any(|b| b.is_ascii_digit())
        && word.bytes().any(|b| b.is_ascii_alphabetic())
}

/// A valid name near an invalid one, as far as that can be had by rule.
fn suggest(name: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let mut text: String =
        name.chars().map(|c| c.to_ascii_lowercase()).map(|c| if is_plain(c) || c == '.' { c } else { '-' }).collect();
    if is_like_an_address(&text) {
        text = text.replace('.', "-");
    }
    while text.contains("..") {
        text = text.replace("..", ".");
    }
    text.truncate(63);
    // Taking one end off may uncover the next; every round makes the text shorter, so it ends.
    let mut rest = text.as_str();
    loop {
        let before = rest.len();
        rest = rest.trim_matches(|c| !is_plain(c));
        for (prefix, _) in RESERVED_PREFIXES {
            rest = rest.strip_prefix(prefix).unwrap_or(rest);
        }
        for suffix in RESERVED_SUFFIXES.iter().map(|(suffix, _)| *suffix).chain(["-an"]) {
            rest = rest.strip_suffix(suffix).unwrap_or(rest);
        }
        if rest.len() == before {
            break;
        }
    }
    errors(rest).is_empty().then(|| rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(remarks: &[Remark]) -> Vec<&'static str> {
        remarks.iter().map(|remark| remark.code).collect()
    }

    #[test]
    fn each_rule_of_aws_is_told_with_a_suggestion_where_there_is_one() {
        let long = "a".repeat(64);
        let cut = "a".repeat(63);
        for (name, expected, suggestion) in [
            ("rag-lab-documents-7f3a9c21", &[][..], None),
            ("abc", &[], None),
            ("1a2", &[], None),
            ("example.com", &[], None),
            (&cut, &[], None),
            ("ab", &["length"], None),
            ("", &["length", "ends"], None),
            (&long, &["length"], Some(cut.as_str())),
            ("My_Bucket", &["characters", "ends"], Some("my-bucket")),
            ("my bucket", &["characters"], Some("my-bucket")),
            ("bücket", &["characters"], Some("b-cket")),
            ("my-bucket-", &["ends"], Some("my-bucket")),
            (".hidden", &["ends"], Some("hidden")),
            ("-", &["length", "ends"], None),
            ("example..com", &["adjacent-dots"], Some("example.com")),
            ("192.168.5.4", &["ip-address"], Some("192-168-5-4")),
            ("999.1.1.1", &["ip-address"], Some("999-1-1-1")),
            ("1.2.3", &[], None),
            ("1.2.3.4444", &[], None),
            ("xn--caf-dma", &["reserved-prefix"], Some("caf-dma")),
            ("xn-caf", &[], None),
            ("sthree-lab", &["reserved-prefix"], Some("lab")),
            ("sthree-configurator", &["reserved-prefix"], Some("configurator")),
            ("amzn-s3-demo-bucket", &["reserved-prefix"], Some("bucket")),
            ("amzn-s3-demo-bucket-", &["ends", "reserved-prefix"], Some("bucket")),
            ("lab-s3alias", &["reserved-suffix"], Some("lab")),
            ("lab--ol-s3", &["reserved-suffix"], Some("lab")),
            ("lab.mrap", &["reserved-suffix"], Some("lab")),
            ("lab--usw2-az1--x-s3", &["reserved-suffix"], Some("lab--usw2-az1")),
            ("lab--table-s3", &["reserved-suffix"], Some("lab")),
            ("lab-an", &["account-namespace"], Some("lab")),
            ("lab-111122223333-us-east-1-an", &[], None),
            ("my-lab-111122223333-us-gov-west-1-an", &[], None),
            ("111122223333-us-east-1-an", &["account-namespace"], Some("111122223333-us-east-1")),
            ("lab-1111-us-east-1-an", &["account-namespace"], Some("lab-1111-us-east-1")),
            ("plan", &[], None),
        ] {
            let report = check(name, None);
            assert_eq!(codes(&report.errors), expected, "{name}");
            assert_eq!(report.suggestion.as_deref(), suggestion, "{name}");
            assert_eq!(report.is_valid(), expected.is_empty(), "{name}");
        }
    }

    #[test]
    fn what_is_unwise_is_advice() {
        let own: AccountId = "111122223333".parse().expect("an id");
        for (name, account, expected) in [
            ("rag-lab-documents-7f3a9c21", None, &[][..]),
            ("zebra-harbour-notes", None, &[]),
            ("test", None, &["common-words"]),
            ("my-data", None, &["common-words"]),
            ("backup-2024", None, &["common-words"]),
            ("lab-public-website", None, &[]),
            ("www.example.com", None, &["dots"]),
            ("my.data", None, &["dots", "common-words"]),
            ("xn-caf", None, &["xn-prefix"]),
            ("xn--caf", None, &[]),
            ("sagemaker-us-east-1-111122223333", Some(&own), &["account-id"]),
            ("sagemaker-us-east-1-111122223333", None, &["account-id"]),
            ("sagemaker-us-east-1-444455556666", Some(&own), &[]),
            ("cdk-hnb659fds-assets-111122223333-us-east-1", Some(&own), &["account-id"]),
            ("aws-cloudtrail-logs-111122223333-a1b2c3d4", Some(&own), &[]),
            ("lab-111122223333-us-east-1-an", Some(&own), &[]),
            ("111122223333", Some(&own), &["account-id"]),
        ] {
            assert_eq!(codes(&check(name, account).advice), expected, "{name}");
        }
    }

    #[test]
    fn a_hostile_name_is_shown_not_obeyed() {
        let report = check("a\u{1b}[2J\u{202e}b", None);
        assert_eq!(codes(&report.errors), ["characters"]);
        assert!(report.errors.iter().all(|remark| remark.message.chars().all(|c| !c.is_control() && c != '\u{202e}')));
        assert_eq!(report.suggestion.as_deref(), Some("a--2j-b"));
    }

    #[test]
    fn common_words_are_sorted_for_the_search() {
        assert!(COMMON_WORDS.is_sorted());
    }
}
