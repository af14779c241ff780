//! [`Listing`]: a list that was read, wholly or in part.

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{GapId, Unknown};

/// A list of resources: what was read of it, and the gap behind which there may be more.
///
/// A listing that breaks off on its third page keeps the first two: rules judge what was read and say `unknown` once for
/// the rest. In a snapshot a whole list is an array; one with a gap is `{"$gap": 3, "$items": [...]}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing<T> {
    items: Vec<T>,
    missing: Option<GapId>,
}

impl<T> Listing<T> {
    /// The whole list.
    #[must_use]
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, missing: None }
    }

    /// A list behind which there may be more.
    #[must_use]
    pub fn partial(items: Vec<T>, missing: GapId) -> Self {
        Self { items, missing: Some(missing) }
    }

    /// A list that nothing has filled yet.
    #[must_use]
    pub fn unread() -> Self {
        Self::partial(Vec::new(), GapId::UNREAD)
    }

    /// Whether nothing has filled it, so that a snapshot leaves it out.
    pub fn is_unread(&self) -> bool {
        self.items.is_empty() && self.missing == Some(GapId::UNREAD)
    }

    /// What was read of it.
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// What was read of it, to fill in what a later call brings.
    pub fn items_mut(&mut self) -> &mut [T] {
        &mut self.items
    }

    /// Drops the items that are out of scope.
    pub fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.items.retain(keep);
    }

    /// The gap behind which there may be more.
    pub fn missing(&self) -> Option<GapId> {
        self.missing
    }

    /// The whole list, for a judgement that must not overlook anything.
    ///
    /// # Errors
    /// [`Unknown`] when a gap hides a part of it.
    pub fn known(&self) -> Result<&[T], Unknown> {
        match self.missing {
            None => Ok(&self.items),
            Some(gap) => Err(Unknown(gap)),
        }
    }
}

impl<T: Serialize> Serialize for Listing<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(gap) = self.missing else { return self.items.serialize(serializer) };
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("$gap", &gap)?;
        map.serialize_entry("$items", &self.items)?;
        map.end()
    }
}

/// The written form of a list with a gap.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Partial<T> {
    #[serde(rename = "$gap")]
    missing: GapId,
    #[serde(rename = "$items", default = "Vec::new")]
    items: Vec<T>,
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Listing<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ListVisitor<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> serde::de::Visitor<'de> for ListVisitor<T> {
            type Value = Listing<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list or {\"$gap\": id, \"$items\": [...]}")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Listing::whole(items))
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let partial = Partial::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(Listing::partial(partial.items, partial.missing))
            }

            fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
                Err(E::custom("null is no list; leave the member out if it was not read"))
            }
        }

        deserializer.deserialize_any(ListVisitor(std::marker::PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Listing<u8> {
        serde_json::from_str(text).expect(text)
    }

    #[test]
    fn reads_whole_partial_and_hidden_lists() {
        assert_eq!(read("[1,2]"), Listing::whole(vec![1, 2]));
        assert_eq!(read(r#"{"$gap":3}"#), Listing::partial(vec![], GapId(3)));
        assert_eq!(read(r#"{"$items":[1],"$gap":3}"#), Listing::partial(vec![1], GapId(3)));
        assert!(serde_json::from_str::<Listing<u8>>("null").is_err());
    }

    #[test]
    fn writes_what_it_reads() {
        for text in ["[1,2]", r#"{"$gap":3,"$items":[1]}"#] {
            assert_eq!(serde_json::to_string(&read(text)).expect("json"), text);
        }
    }

    #[test]
    fn a_partial_list_is_not_known() {
        assert!(Listing::partial(vec![1], GapId(3)).known().is_err());
        assert_eq!(Listing::whole(vec![1]).known(), Ok(&[1][..]));
    }
}
