//! The steps of a plan by number, with who waits for whom.
//!
//! In: the plan's steps. Out: numbers in place of ids, one order that satisfies
//! every need, or what makes the plan impossible to carry out.

use std::collections::HashMap;
use std::time::Duration;

use thiserror::Error;

use crate::plan::{Step, StepId};

/// A plan whose steps cannot be carried out in any order.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvalidPlan {
    /// Two steps have one id.
    #[error("the plan has two steps named {0}")]
    Twice(StepId),
    /// A step needs one that is not there.
    #[error("step {step} needs {need}, which the plan does not have")]
    UnknownNeed {
        /// The step.
        step: StepId,
        /// What it needs.
        need: StepId,
    },
    /// Steps need each other in a circle.
    #[error("step {0} and others need each other in a circle")]
    Circle(StepId),
    /// A step that cannot be taken back has nobody's consent (I10).
    #[error("step {0} cannot be taken back and no consent allows it")]
    NoConsent(StepId),
    /// More steps than can be numbered.
    #[error("the plan has {0} steps, more than this program can number")]
    TooMany(usize),
}

/// Steps by number.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) steps: Vec<Step>,
    /// For each step, the steps that need it.
    pub(super) dependants: Vec<Vec<u32>>,
    /// For each step, how many different steps it needs.
    pub(super) needs: Vec<u32>,
    /// One order that satisfies every need.
    pub(super) order: Vec<u32>,
    /// For each step, a number drawn from its id: the source of its jitter.
    pub(super) seeds: Vec<u64>,
    numbers: HashMap<StepId, u32>,
}

impl Index {
    pub(super) fn new(steps: &[Step]) -> Result<Self, InvalidPlan> {
        u32::try_from(steps.len()).map_err(|_| InvalidPlan::TooMany(steps.len()))?;
        let mut numbers = HashMap::with_capacity(steps.len());
        for (number, step) in (0_u32..).zip(steps) {
            if numbers.insert(step.id.clone(), number).is_some() {
                return Err(InvalidPlan::Twice(step.id.clone()));
            }
        }
        let mut dependants = vec![Vec::new(); steps.len()];
        let mut needs = Vec::with_capacity(steps.len());
        for (number, step) in (0_u32..).zip(steps) {
            let mut wanted = Vec::with_capacity(step.needs.len());
            for need in &step.needs {
                let found = numbers.get(&need.step).copied();
                wanted.push(found.ok_or_else(|| InvalidPlan::UnknownNeed {
                    step: step.id.clone(),
                    need: need.step.clone(),
                })?);
            }
            wanted.sort_unstable();
            wanted.dedup();
            needs.push(u32::try_from(wanted.len()).unwrap_or(u32::MAX));
            for need in wanted {
                if let Some(list) = dependants.get_mut(need as usize) {
                    list.push(number);
                }
            }
        }
        let order = linear_order(&dependants, &needs);
        let seeds = steps.iter().map(|step| seed(&step.id.0)).collect();
        let index = Self { steps: steps.to_vec(), dependants, needs, order, seeds, numbers };
        index.refuse_circle()?;
        Ok(index)
    }

    pub(super) fn number(&self, step: &StepId) -> Option<u32> {
        self.numbers.get(step).copied()
    }

    pub(super) fn step(&self, number: u32) -> Option<&Step> {
        self.steps.get(number as usize)
    }

    pub(super) fn dependants(&self, number: u32) -> &[u32] {
        self.dependants.get(number as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// How long the step usually takes; at least one second, which is a round
    /// trip with room to spare.
    pub(super) fn usual(&self, number: u32) -> Duration {
        Duration::from_secs(self.step(number).map_or(1, |step| step.usual_seconds.max(1)))
    }

    fn refuse_circle(&self) -> Result<(), InvalidPlan> {
        if self.order.len() == self.steps.len() {
            return Ok(());
        }
        let mut ordered = vec![false; self.steps.len()];
        for number in &self.order {
            if let Some(slot) = ordered.get_mut(*number as usize) {
                *slot = true;
            }
        }
        let left = self.steps.iter().zip(&ordered).find(|(_, ordered)| !**ordered);
        left.map_or(Ok(()), |(step, _)| Err(InvalidPlan::Circle(step.id.clone())))
    }
}

/// Kahn's order; shorter than the steps when some need each other.
fn linear_order(dependants: &[Vec<u32>], needs: &[u32]) -> Vec<u32> {
    let mut open = needs.to_vec();
    let free = (0_u32..).zip(needs).filter(|(_, count)| **count == 0).map(|(number, _)| number);
    let mut order: Vec<u32> = free.collect();
    let mut next = 0;
    while let Some(number) = order.get(next).copied() {
        next += 1;
        for other in dependants.get(number as usize).map(Vec::as_slice).unwrap_or_default() {
            if let Some(count) = open.get_mut(*other as usize) {
                *count -= 1;
                if *count == 0 {
                    order.push(*other);
                }
            }
        }
    }
    order
}

/// A well spread number of a text (FNV-1a), the same on every machine.
fn seed(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
