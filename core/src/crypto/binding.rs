//! The associated data that ties a ciphertext to its place.

/// Fields, each after its length as 4 big-endian bytes, so that no two lists of fields give the same bytes.
pub struct Binding(Vec<u8>);

impl Binding {
    /// The binding of these fields in this order.
    pub fn of(fields: &[&[u8]]) -> Self {
        let len = fields.iter().map(|field| field.len().saturating_add(4)).sum();
        let mut bytes = Vec::with_capacity(len);
        for field in fields {
            let len = u32::try_from(field.len()).unwrap_or(u32::MAX);
            bytes.extend_from_slice(&len.to_be_bytes());
            bytes.extend_from_slice(field);
        }
        Self(bytes)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}
