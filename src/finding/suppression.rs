//! Findings that a user knows and accepts.

use jiff::civil::Date;

use super::Finding;
use super::earlier::Sight;
use crate::policy::matching::glob;

/// A user's decision to mute findings; all of the conditions that it names must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suppression {
    /// The finding.
    pub fingerprint: Option<String>,
    /// The rule, by id or glob.
    pub rule: Option<String>,
    /// The resource, by glob over its id (the ARN, where it has one) and its name.
    pub resource: Option<String>,
    /// The account, by glob.
    pub account: Option<String>,
    /// The region, by glob.
    pub region: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// Where it stands: file and line.
    pub place: String,
}

/// A finding that is accepted.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which that holds.
    pub until: Option<Date>,
    /// Where that stands: file and line.
    pub place: String,
}

/// What came of suppressions.
#[derive(Clone, Debug, Default)]
pub struct Muted {
    /// The findings that count.
    pub counting: Vec<Finding>,
    /// The findings that are accepted.
    pub suppressed: Vec<Suppressed>,
    /// Suppressions that have ended or match nothing, in words.
    pub stale: Vec<String>,
}

/// Takes the findings that are accepted on a day out of all.
#[must_use]
pub fn suppress(findings: Vec<Finding>, all: &[Suppression], sight: &Sight<'_>, today: Date) -> Muted {
    let (mut muted, mut matched) = (Muted::default(), vec![0_usize; all.len()]);
    for finding in findings {
        let mut holding = None;
        for (suppression, matched) in all.iter().zip(&mut matched) {
            if suppression.matches(sight.account(), &finding) {
                *matched += 1;
                holding = holding.or((!suppression.has_ended(today)).then_some(suppression));
            }
        }
        match holding {
            Some(Suppression { reason, until, place, .. }) => muted.suppressed.push(Suppressed {
                finding,
                reason: reason.clone(),
                until: *until,
                place: place.clone(),
            }),
            None => muted.counting.push(finding),
        }
    }
    let words = all.iter().zip(matched).filter_map(|(suppression, matched)| suppression.stale(matched, sight, today));
    muted.stale = words.collect();
    muted
}

impl Suppression {
    fn has_ended(&self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }

    fn matches(&self, account: &str, finding: &Finding) -> bool {
        let fits = |pattern: &Option<String>, text: &str| pattern.as_deref().is_none_or(|pattern| glob(pattern, text));
        let resource = &finding.resource;
        self.fingerprint.as_deref().is_none_or(|print| print.eq_ignore_ascii_case(&finding.fingerprint))
            && fits(&self.rule, finding.rule.id)
            && (fits(&self.resource, &resource.id) || fits(&self.resource, &resource.name))
            && fits(&self.account, account)
            && (self.region.is_none() || resource.region.as_deref().is_some_and(|region| fits(&self.region, region)))
    }

    /// Why it should be looked at again, if it should. That nothing matches is only said where something could have.
    fn stale(&self, matched: usize, sight: &Sight<'_>, today: Date) -> Option<String> {
        let Self { reason, until, place, .. } = self;
        let what = format!("{place}: the suppression of {} ({reason})", self.words());
        match (until, matched) {
            (Some(until), 1..) if self.has_ended(today) => {
                let counts = if matched == 1 { "its finding counts" } else { "its findings count" };
                Some(format!("{what} ended on {until}: {counts} again; mend it, or give it a new end"))
            }
            (Some(until), 0) if self.has_ended(today) => Some(format!("{what} ended on {until}; remove it")),
            (_, 0) if self.could_match(sight) => Some(format!("{what} matches nothing; remove it")),
            _ => None,
        }
    }

    fn could_match(&self, sight: &Sight<'_>) -> bool {
        // A fingerprint does not tell of which account it is.
        let of_account = match &self.account {
            Some(pattern) => glob(pattern, sight.account()),
            None => self.fingerprint.is_none(),
        };
        of_account
            && sight.sees_all(|id| self.rule.as_deref().is_none_or(|pattern| glob(pattern, id)))
            && sight.sees_region(self.region.as_deref())
    }

    /// What it is about, in a few words.
    fn words(&self) -> String {
        match (&self.fingerprint, &self.rule, &self.resource) {
            (Some(print), None, _) => print.clone(),
            (_, Some(rule), Some(resource)) => format!("{rule} on {resource}"),
            (_, rule, _) => rule.clone().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::inventory::{ResourceRef, snapshot};
    use crate::report::Report;
    use crate::rule::{RuleResult, fail, registry};

    const TODAY: Date = date(2026, 11, 24);

    fn finding(rule: &str, name: &str, region: Option<&str>) -> Finding {
        let rule = registry::find(rule).expect("a rule");
        let id = format!("arn:aws:x:::{name}");
        let resource =
            ResourceRef { kind: "X".to_owned(), id, name: name.to_owned(), region: region.map(str::to_owned) };
        Finding::new("111122223333", rule, resource, Box::new(fail("wrong")))
    }

    fn suppression(rule: &str, resource: &str) -> Suppression {
        let text = |text: &str| Some(text.to_owned());
        let place = "afterlab.toml:1".to_owned();
        Suppression {
            rule: text(rule),
            resource: text(resource),
            reason: "known".to_owned(),
            place,
            ..Suppression::default()
        }
    }

    fn muted(suppressions: &[Suppression]) -> Muted {
        let inventory = snapshot::demo().expect("the demo");
        let rules = ["s3-bucket-untagged", "ec2-address-unused"].map(|id| registry::find(id).expect("a rule"));
        let results = rules.map(|rule| RuleResult::of(rule, Vec::new())).to_vec();
        let report = Report::new(&inventory, String::new(), results);
        let findings = vec![
            finding("s3-bucket-untagged", "lab-data", None),
            finding("ec2-address-unused", "lab-ip", Some("us-east-1")),
        ];
        suppress(findings, suppressions, &Sight::of(&report), TODAY)
    }

    #[test]
    fn what_is_accepted_is_accepted_only_there_and_then() {
        let print = finding("s3-bucket-untagged", "lab-data", None).fingerprint;
        let by_print = Suppression { fingerprint: Some(print), rule: None, resource: None, ..suppression("", "") };
        let region =
            |region: &str| Suppression { region: Some(region.to_owned()), ..suppression("ec2-address-unused", "*") };
        let account = |account: &str| Suppression { account: Some(account.to_owned()), ..suppression("s3-*", "*") };
        let until = |until: Date| Suppression { until: Some(until), ..suppression("s3-*", "*") };
        for (suppression, held, stale) in [
            (suppression("s3-*", "lab-*"), 1, None),
            (suppression("*", "arn:aws:x:::lab-*"), 2, None),
            (suppression("s3-*", "other"), 0, None),
            (suppression("s3-bucket-untagged", "other"), 0, Some("matches nothing")),
            (suppression("iam-*", "other"), 0, None),
            (by_print, 1, None),
            (region("us-*"), 1, None),
            (region("eu-*"), 0, Some("matches nothing")),
            (account("111122223333"), 1, None),
            (account("444455556666"), 0, None),
            (until(TODAY), 1, None),
            (until(date(2026, 11, 23)), 0, Some("ended on 2026-11-23: its finding counts again")),
            (Suppression { resource: Some("x".into()), ..until(date(2026, 11, 23)) }, 0, Some("2026-11-23; remove it")),
        ] {
            let muted = muted(std::slice::from_ref(&suppression));
            assert_eq!((muted.suppressed.len(), muted.counting.len()), (held, 2 - held), "{suppression:?}");
            assert_eq!(muted.stale.len(), usize::from(stale.is_some()), "{suppression:?}: {:?}", muted.stale);
            assert!(stale.is_none_or(|words| muted.stale[0].contains(words)), "{:?}", muted.stale);
        }
    }
}
