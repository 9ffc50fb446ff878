//! A part of the world that copies of the world share until one of them changes it.
//!
//! In: a value. Out: [`Shared`], which reads and writes like the value itself. A copy costs one counter; the first
//! change after it costs a copy of this part alone. That makes forks and kept versions of the world cheap.
//! Absent: sharing between parts.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value that is copied only when it is changed while somebody else holds it too.
#[derive(Debug, Default)]
pub struct Shared<T>(Arc<T>);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}

impl<T: Serialize> Serialize for Shared<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Shared<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_seen_by_the_one_who_made_it_only() {
        let mut mine: Shared<Vec<u8>> = vec![1].into();
        let theirs = mine.clone();
        mine.push(2);
        assert_eq!((&**mine, &**theirs), (&[1, 2][..], &[1][..]));
        let text = serde_json::to_string(&mine).expect("JSON");
        assert_eq!(text, "[1,2]");
        assert_eq!(*serde_json::from_str::<Shared<Vec<u8>>>(&text).expect("a value"), [1, 2]);
    }
}
