//! Parameters: the numbers in a rule that a user may want otherwise.

/// A number in a rule that a user may set, with `NAME = VALUE` below `[rules.RULE]` in `afterlab.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Param {
    /// What it is called: `max_age_days`. The unit stands in the name where there is one.
    pub name: &'static str,
    /// What it counts: `days`, `GB`, `percent`.
    pub unit: &'static str,
    /// What it means, in a sentence.
    pub about: &'static str,
    /// What it is unless a user says otherwise.
    pub default: i64,
    /// The least that makes sense.
    pub least: i64,
    /// The most that makes sense.
    pub most: i64,
    /// What is in force.
    pub value: i64,
}

impl Param {
    /// A parameter with its default in force.
    #[must_use]
    pub const fn new(
        name: &'static str,
        unit: &'static str,
        (default, least, most): (i64, i64, i64),
        about: &'static str,
    ) -> Self {
        Self { name, unit, about, default, least, most, value: default }
    }

    /// A number of days, from none or one to ten years.
    #[must_use]
    pub const fn days(name: &'static str, default: i64, about: &'static str) -> Self {
        Self::new(name, "days", (default, 1, 3_650), about)
    }

    /// The same with another value in force.
    ///
    /// # Errors
    /// What is wrong with the value, when it makes no sense.
    pub fn set(self, value: i64) -> Result<Self, String> {
        if (self.least..=self.most).contains(&value) {
            return Ok(Self { value, ..self });
        }
        Err(format!("{} is a number from {} to {} ({}), not {value}", self.name, self.least, self.most, self.unit))
    }

    /// How expressions and evidence name it.
    #[must_use]
    pub fn property(&self) -> String {
        format!("params.{}", self.name)
    }

    /// A sentence that has the default as a word, with the value in force in its place.
    pub(super) fn put_right(&self, sentence: &str) -> String {
        let (default, value) = (self.default.to_string(), self.value.to_string());
        let words = sentence.split(' ').map(|word| if word == default { value.as_str() } else { word });
        words.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AGE: Param = Param::days("max_age_days", 90, "Older ones are found.");

    #[test]
    fn a_value_that_makes_no_sense_is_refused() {
        assert_eq!(AGE.set(45).map(|age| (age.default, age.value)), Ok((90, 45)));
        let error = AGE.set(0).expect_err("nothing");
        assert_eq!(error, "max_age_days is a number from 1 to 3650 (days), not 0");
        assert!(AGE.set(-1).is_err() && AGE.set(3_651).is_err());
    }

    #[test]
    fn a_title_tells_the_value_in_force() {
        let age = AGE.set(45).expect("45 days");
        assert_eq!(age.put_right("Key of 190 is older than 90 days"), "Key of 190 is older than 45 days");
    }
}
