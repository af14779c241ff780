//! [`Known`]: a value that was read, or the gap that hides it.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer, StringDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use super::gap::GapId;

/// The member that marks a gap in a snapshot: `{"$gap": 3}`.
const GAP_MEMBER: &str = "$gap";

/// Something that was read from the account, or the gap that stands in its place.
///
/// There is no way to get at the value that forgets the gap: a rule writes `bucket.versioning.known()?` and the `?`
/// makes the outcome `unknown`. A member that a snapshot leaves out is a gap too ([`GapId::UNREAD`]).
#[derive(Clone, Debug, PartialEq)]
pub enum Known<T> {
    /// The value as AWS gave it. "There is none" is a value: `Known::Value(None)`.
    Value(T),
    /// It could not be read; the id leads to the [`Gap`](super::Gap).
    Gap(GapId),
}

/// Why a rule cannot judge: the gap that stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown(pub GapId);

impl<T> Known<T> {
    /// The value, or the [`Unknown`] that `?` turns into an `unknown` outcome.
    ///
    /// # Errors
    /// [`Unknown`] with the gap's id when the value was not read.
    pub fn known(&self) -> Result<&T, Unknown> {
        match self {
            Self::Value(value) => Ok(value),
            Self::Gap(gap) => Err(Unknown(*gap)),
        }
    }

    /// The state of a member that nothing has filled yet.
    #[must_use]
    pub fn unread() -> Self {
        Self::Gap(GapId::UNREAD)
    }

    /// Whether nothing has filled this member, so that a snapshot leaves it out.
    pub fn is_unread(&self) -> bool {
        matches!(self, Self::Gap(GapId::UNREAD))
    }
}

impl<T: Serialize> Serialize for Known<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Gap(gap) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(GAP_MEMBER, gap)?;
                map.end()
            }
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Known<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KnownVisitor(std::marker::PhantomData))
    }
}

/// Looks at the first member of an object to tell a gap from a value, without buffering the value.
struct KnownVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for KnownVisitor<T> {
    type Value = Known<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or {\"$gap\": id}")
    }

    fn visit_bool<E: de::Error>(self, v: bool) -> Result<Self::Value, E> {
        T::deserialize(Replay(v.into_deserializer())).map(Known::Value)
    }

    fn visit_i64<E: de::Error>(self, v: i64) -> Result<Self::Value, E> {
        T::deserialize(Replay(v.into_deserializer())).map(Known::Value)
    }

    fn visit_u64<E: de::Error>(self, v: u64) -> Result<Self::Value, E> {
        T::deserialize(Replay(v.into_deserializer())).map(Known::Value)
    }

    fn visit_f64<E: de::Error>(self, v: f64) -> Result<Self::Value, E> {
        T::deserialize(Replay(v.into_deserializer())).map(Known::Value)
    }

    fn visit_str<E: de::Error>(self, v: &str) -> Result<Self::Value, E> {
        T::deserialize(Replay(v.into_deserializer())).map(Known::Value)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        T::deserialize(().into_deserializer()).map(Known::Value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        T::deserialize(Replay(SeqAccessDeserializer::new(seq))).map(Known::Value)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let first: Option<String> = map.next_key()?;
        if first.as_deref() == Some(GAP_MEMBER) {
            let id = map.next_value()?;
            return match map.next_key::<String>()? {
                None => Ok(Known::Gap(id)),
                Some(other) => Err(de::Error::custom(format_args!(
                    "a gap has no other member than \"{GAP_MEMBER}\", found \"{other}\""
                ))),
            };
        }
        T::deserialize(Replay(MapAccessDeserializer::new(PutBack { first, map }))).map(Known::Value)
    }
}

/// A map whose first key was already taken and is handed out again.
struct PutBack<A> {
    first: Option<String>,
    map: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for PutBack<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(key) => {
                let key: StringDeserializer<A::Error> = key.into_deserializer();
                seed.deserialize(key).map(Some)
            }
            None => self.map.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// Serde's value deserializers hand an `Option` the bare value, which `Option` refuses; this one says "some" first.
struct Replay<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Replay<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        visitor.visit_some(self.0)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        visitor.visit_newtype_struct(self.0)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Inner {
        a: Option<u8>,
        b: Vec<Known<bool>>,
    }

    fn read<T: for<'a> Deserialize<'a>>(text: &str) -> Result<Known<T>, String> {
        serde_json::from_str(text).map_err(|e| e.to_string())
    }

    #[test]
    fn reads_values_of_every_shape() {
        assert_eq!(read::<bool>("true"), Ok(Known::Value(true)));
        assert_eq!(read::<Option<String>>("\"x\""), Ok(Known::Value(Some("x".into()))));
        assert_eq!(read::<Option<String>>("null"), Ok(Known::Value(None)));
        assert_eq!(read::<Option<Vec<u8>>>("[1]"), Ok(Known::Value(Some(vec![1]))));
        let inner = Inner { a: Some(1), b: vec![Known::Value(true), Known::Gap(GapId(7))] };
        assert_eq!(read::<Option<Inner>>(r#"{"a":1,"b":[true,{"$gap":7}]}"#), Ok(Known::Value(Some(inner))));
    }

    #[test]
    fn reads_a_gap_and_writes_it_back() {
        let gap = read::<Inner>(r#"{"$gap": 3}"#).expect("a gap");
        assert_eq!(gap, Known::Gap(GapId(3)));
        assert_eq!(serde_json::to_string(&gap).expect("json"), r#"{"$gap":3}"#);
    }

    #[test]
    fn a_wrong_type_says_where() {
        let error = read::<Inner>("{\"a\":1,\n\"b\":\"no\"}").expect_err("a string is no list");
        assert!(error.contains("line 2"), "{error}");
        assert!(read::<bool>(r#"{"$gap":1,"x":2}"#).is_err());
    }
}
