//! Generated identifiers: the same seed and the same order of requests give the same ids.
//!
//! In: a seed and a counter, both part of the world. Out: strings in the alphabets AWS uses.
//! Absent: randomness.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The source of every id in a world.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Ids {
    seed: u64,
    counter: u64,
}

impl Ids {
    /// A source for one seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, counter: 0 }
    }

    /// `length` characters of `alphabet` (ASCII), never the same twice for practical lengths.
    pub fn of(&mut self, alphabet: &str, length: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        let mut out = String::with_capacity(length);
        while out.len() < length && !letters.is_empty() {
            for byte in self.block() {
                if out.len() < length
                    && let Some(letter) = letters.get(usize::from(byte) % letters.len())
                {
                    out.push(*letter);
                }
            }
        }
        out
    }

    /// Lower-case letters and digits.
    pub fn alphanumeric(&mut self, length: usize) -> String {
        self.of("0123456789abcdefghijklmnopqrstuvwxyz", length)
    }

    /// Upper-case letters and digits, the form of landing-zone and IAM unique ids.
    pub fn upper(&mut self, length: usize) -> String {
        self.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", length)
    }

    /// Hexadecimal digits.
    pub fn hex(&mut self, length: usize) -> String {
        self.of("0123456789abcdef", length)
    }

    /// A 12-digit account id that does not begin with zero.
    pub fn account(&mut self) -> String {
        let first = self.of("123456789", 1);
        first + &self.of("0123456789", 11)
    }

    /// A lower-case UUID of version 4 form.
    pub fn uuid(&mut self) -> String {
        let block = self.block();
        let mut bytes = [0_u8; 16];
        for (to, from) in bytes.iter_mut().zip(block) {
            *to = from;
        }
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    /// A number from 0.0 up to 1.0, for varied durations.
    pub fn share(&mut self) -> f64 {
        let [a, b, c, d, ..] = self.block();
        f64::from(u32::from_be_bytes([a, b, c, d])) / (f64::from(u32::MAX) + 1.0)
    }

    fn block(&mut self) -> [u8; 32] {
        self.counter += 1;
        let mut hash = Sha256::new();
        hash.update(self.seed.to_be_bytes());
        hash.update(self.counter.to_be_bytes());
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids_and_never_one_twice() {
        let (mut a, mut b) = (Ids::new(7), Ids::new(7));
        let first: Vec<String> = (0..100).map(|_| a.account()).collect();
        let second: Vec<String> = (0..100).map(|_| b.account()).collect();
        assert_eq!(first, second);
        let distinct: std::collections::BTreeSet<_> = first.iter().collect();
        assert_eq!(distinct.len(), 100);
        assert_ne!(Ids::new(8).account(), first[0]);
        assert!(uuid::Uuid::parse_str(&a.uuid()).is_ok());
        assert!((0.0..1.0).contains(&a.share()));
    }
}
