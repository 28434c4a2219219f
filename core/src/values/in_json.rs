//! Values that stand as texts in JSON.

/// In JSON, a value is the text that its `Display` writes and its `FromStr` reads, or another function where one is named.
macro_rules! text_in_json {
    ($name:ty) => {
        $crate::values::text_in_json!($name, str::parse);
    };
    ($name:ty, $read:expr) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                $read(text.as_str()).map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use text_in_json;
