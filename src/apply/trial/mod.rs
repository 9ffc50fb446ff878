//! Trials of the engine in virtual time: a world of durations and faults, plans
//! to carry out in it, and the laws that every run must keep.
//!
//! Only for tests. No tokio: events are taken from a heap by their time, so
//! hours pass in microseconds and every run repeats exactly.

mod efficiency;
mod faults;
mod laws;
pub(super) mod plans;
mod resumes;
mod stops;
mod ways;
mod world;

/// A small generator of numbers that look random (SplitMix64), the same for the same seed.
#[derive(Debug, Clone)]
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not zero.
    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// A number from `low` up to `high`.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
