//! The least time in which any tool could carry out the steps of a plan, inside
//! AWS's published limits.
//!
//! In: steps, how long each takes, the operation table. Out: the largest of three
//! kinds of lower bound, and which one it is: the critical path; for each lane of
//! some width, its work spread over its slots, after the shortest way to it and
//! before the shortest way from it; for each rate, the calls beyond the burst.
//! Shares nothing with the scheduler, so that it can judge it. It uses the full
//! published rates, also where apply leaves a share of them to others.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::step::{Step, StepId};
use crate::catalog::operations::Operations;

/// A lower bound of the makespan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bound {
    /// The bound.
    pub seconds: f64,
    /// The longest chain of steps, first to last.
    pub critical_path: Vec<StepId>,
    /// What makes the bound what it is.
    pub binding: Binding,
}

/// Which term is the largest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "term", rename_all = "snake_case")]
pub enum Binding {
    /// The longest chain of needs.
    CriticalPath,
    /// The slots of a lane.
    Width {
        /// The lane.
        lane: String,
    },
    /// The rate of an operation.
    Rate {
        /// `service:Operation`.
        operation: String,
    },
}

// Below, steps are named by their places in the slice that was given. Every place
// comes from enumerating that slice, so indexing with one cannot fail.

/// One step as the bounds see it: seconds before it, in it and after it.
#[derive(Debug, Clone, Copy)]
struct Span {
    head: f64,
    own: f64,
    tail: f64,
}

/// The lower bound of the makespan of `steps`, in any order of theirs. A step
/// takes what `durations` says, and never less than one `round_trip`. Needs of
/// steps that are not among `steps` are taken as done; steps in a circle count
/// as if they needed nothing.
pub fn lower_bound(
    steps: &[Step],
    durations: &dyn Fn(&Step) -> Duration,
    operations: &Operations,
    round_trip: Duration,
) -> Bound {
    let own: Vec<f64> = steps.iter().map(|step| durations(step).max(round_trip).as_secs_f64()).collect();
    let needs = needs_by_place(steps);
    let order = needs_first(&needs);
    let (spans, critical) = spans(&own, &needs, &order);
    let mut best = (critical.last().map_or(0.0, |last| span_total(&spans, *last)), Binding::CriticalPath);
    for (lane, members) in members_of_lanes(steps, operations) {
        let slots = operations.slots(lane).max(1);
        let seconds = width_bound(&pick(&spans, &members), slots);
        if seconds > best.0 {
            best = (seconds, Binding::Width { lane: lane.to_owned() });
        }
    }
    for (operation, members) in members_of_rates(steps) {
        let Some((rate, burst)) = operations.get(operation).and_then(|row| row.rate.zip(row.burst)) else {
            continue;
        };
        let seconds = rate_bound(&pick(&spans, &members), rate, burst);
        if seconds > best.0 {
            best = (seconds, Binding::Rate { operation: operation.to_owned() });
        }
    }
    let named = critical.iter().filter_map(|place| steps.get(*place)).map(|step| step.id.clone());
    Bound { seconds: best.0, critical_path: named.collect(), binding: best.1 }
}

/// For each step the places of those it needs.
fn needs_by_place(steps: &[Step]) -> Vec<Vec<usize>> {
    let places: HashMap<&StepId, usize> = steps.iter().enumerate().map(|(at, step)| (&step.id, at)).collect();
    let needs = |step: &Step| step.needs.iter().filter_map(|need| places.get(&need.step).copied()).collect();
    steps.iter().map(needs).collect()
}

/// Places in an order in which needs come first, by depth-first search.
fn needs_first(needs: &[Vec<usize>]) -> Vec<usize> {
    let mut seen = vec![false; needs.len()];
    let mut order = Vec::with_capacity(needs.len());
    for root in 0..needs.len() {
        let mut path: Vec<(usize, usize)> = Vec::new();
        if !std::mem::replace(&mut seen[root], true) {
            path.push((root, 0));
        }
        while let Some((place, next)) = path.last_mut() {
            let need = needs[*place].get(*next).copied();
            *next += 1;
            match need {
                Some(need) if !std::mem::replace(&mut seen[need], true) => path.push((need, 0)),
                Some(_) => {}
                None => {
                    order.push(*place);
                    path.pop();
                }
            }
        }
    }
    order
}

/// The longest ways to and from each step, and the longest of all, first to last.
fn spans(own: &[f64], needs: &[Vec<usize>], order: &[usize]) -> (Vec<Span>, Vec<usize>) {
    let mut spans: Vec<Span> = own.iter().map(|own| Span { head: 0.0, own: *own, tail: 0.0 }).collect();
    let mut before: Vec<Option<usize>> = vec![None; own.len()];
    for place in order {
        for need in &needs[*place] {
            let through = spans[*need].head + spans[*need].own;
            if through > spans[*place].head {
                spans[*place].head = through;
                before[*place] = Some(*need);
            }
        }
    }
    for place in order.iter().rev() {
        let through = spans[*place].own + spans[*place].tail;
        for need in &needs[*place] {
            spans[*need].tail = spans[*need].tail.max(through);
        }
    }
    let ends = |place: &usize| spans[*place].head + spans[*place].own;
    let last = (0..own.len()).max_by(|one, other| ends(one).total_cmp(&ends(other)).then(other.cmp(one)));
    let mut path: Vec<usize> = std::iter::successors(last, |place| before[*place]).take(own.len()).collect();
    path.reverse();
    (spans, path)
}

fn span_total(spans: &[Span], place: usize) -> f64 {
    spans[place].head + spans[place].own
}

/// The steps that occupy each lane of some width.
fn members_of_lanes<'a>(steps: &'a [Step], operations: &'a Operations) -> BTreeMap<&'a str, Vec<usize>> {
    let mut lanes: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, step) in steps.iter().enumerate() {
        let table = operations.get(&step.operation).and_then(|row| row.lane.as_deref());
        let mut own: Vec<&str> = step.also.iter().map(String::as_str).chain(table).collect();
        let is_rate = step.lane.is_empty() || operations.get(&step.lane).is_some();
        if !is_rate {
            own.push(&step.lane);
        }
        own.sort_unstable();
        own.dedup();
        for lane in own {
            lanes.entry(lane).or_default().push(place);
        }
    }
    lanes
}

fn members_of_rates(steps: &[Step]) -> BTreeMap<&str, Vec<usize>> {
    let mut rates: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, step) in steps.iter().enumerate() {
        rates.entry(&step.operation).or_default().push(place);
    }
    rates
}

fn pick(spans: &[Span], members: &[usize]) -> Vec<Span> {
    members.iter().map(|place| spans[*place]).collect()
}

/// The shortest way to, the work over the slots, the shortest way from; largest
/// over all, and over the members that come latest or lead farthest.
fn width_bound(members: &[Span], slots: usize) -> f64 {
    largest_over_subsets(members, &|chosen, work, head, tail| {
        let slots = slots.min(chosen).max(1);
        head + work / slots as f64 + tail
    })
}

/// The shortest way to, the calls beyond the burst at the rate, the shortest way
/// through and from the last one; over the same subsets.
fn rate_bound(members: &[Span], rate: f64, burst: f64) -> f64 {
    let through: Vec<Span> =
        members.iter().map(|span| Span { head: span.head, own: 0.0, tail: span.own + span.tail }).collect();
    largest_over_subsets(&through, &|chosen, _, head, tail| {
        head + (chosen as f64 - burst).max(0.0) / rate + tail
    })
}

/// The largest value of `term(count, work, least head, least tail)` over the
/// subsets "the latest k" and "the k that lead farthest". Each is a set of steps
/// that has to be done, so each value is a bound.
fn largest_over_subsets(members: &[Span], term: &dyn Fn(usize, f64, f64, f64) -> f64) -> f64 {
    let mut best = 0.0_f64;
    let keys: [fn(&Span) -> f64; 2] = [|span| span.head, |span| span.tail];
    for key in keys {
        let mut sorted = members.to_vec();
        sorted.sort_by(|one, other| key(other).total_cmp(&key(one)));
        let (mut work, mut head, mut tail) = (0.0, f64::INFINITY, f64::INFINITY);
        for (place, span) in sorted.iter().enumerate() {
            work += span.own;
            head = head.min(span.head);
            tail = tail.min(span.tail);
            best = best.max(term(place + 1, work, head, tail));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::operations::table;
    use crate::model::kinds::Action;
    use crate::model::{Address, Fields, Kind};
    use crate::plan::step::Need;

    fn step(name: &str, operation: &str, seconds: u64, needs: &[&Step]) -> Step {
        let address = Address::new(Kind::Account, name);
        Step {
            id: StepId::of(&address, "create", ""),
            address,
            action: Action::Create,
            verb: "create".to_owned(),
            item: String::new(),
            operation: operation.to_owned(),
            inputs: Fields::new(),
            keys: Fields::new(),
            changes: Vec::new(),
            reasons: Vec::new(),
            origin: None,
            needs: needs.iter().map(|n| Need { step: n.id.clone(), rule: "refers".to_owned() }).collect(),
            lane: operation.to_owned(),
            also: Vec::new(),
            usual_seconds: seconds,
            consent: None,
        }
    }

    fn bound(steps: &[Step]) -> Bound {
        let usual = |step: &Step| Duration::from_secs(step.usual_seconds);
        lower_bound(steps, &usual, table(), Duration::from_millis(100))
    }

    fn assert_seconds(bound: &Bound, seconds: f64) {
        assert!((bound.seconds - seconds).abs() < 1e-6, "{bound:?}, not {seconds}");
    }

    #[test]
    fn a_chain_takes_the_sum_of_its_steps() {
        let one = step("one", "iam:CreateRole", 3, &[]);
        let two = step("two", "iam:CreateRole", 4, &[&one]);
        let side = step("side", "iam:CreateRole", 5, &[]);
        let found = bound(&[two.clone(), one.clone(), side]);
        assert_seconds(&found, 7.0);
        assert_eq!(found.binding, Binding::CriticalPath);
        assert_eq!(found.critical_path, [one.id, two.id]);
    }

    #[test]
    fn one_slot_makes_a_sum_between_the_shortest_head_and_the_shortest_tail() {
        let head = step("head", "iam:CreateRole", 10, &[]);
        let one = step("one", "controltower:EnableBaseline", 100, &[&head]);
        let two = step("two", "controltower:EnableBaseline", 200, &[&head]);
        let tail = step("tail", "iam:CreateRole", 5, &[&one, &two]);
        let found = bound(&[head, one, two, tail]);
        assert_seconds(&found, 315.0);
        assert_eq!(found.binding, Binding::Width { lane: "control-tower".to_owned() });
    }

    #[test]
    fn five_slots_share_the_work() {
        let steps: Vec<Step> =
            (0..20).map(|n| step(&format!("a{n}"), "organizations:CreateAccount", 90, &[])).collect();
        let found = bound(&steps);
        // Twenty of 90 seconds on five slots; the rate asks only for 170 + 90.
        assert_seconds(&found, 360.0);
        assert_eq!(found.binding, Binding::Width { lane: "account-creation".to_owned() });
    }

    #[test]
    fn a_rate_counts_the_calls_beyond_its_burst_at_its_full_published_figure() {
        let steps: Vec<Step> =
            (0..53).map(|n| step(&format!("a{n}"), "organizations:MoveAccount", 1, &[])).collect();
        let found = bound(&steps);
        // Three at once, fifty at two per second, and the last one takes a second.
        assert_seconds(&found, 26.0);
        assert_eq!(found.binding, Binding::Rate { operation: "organizations:MoveAccount".to_owned() });
    }

    #[test]
    fn late_work_counts_from_where_it_can_begin() {
        let zone = step("zone", "controltower:CreateLandingZone", 1800, &[]);
        let wait = step("wait", "iam:CreateRole", 5000, &[]);
        let one = step("one", "controltower:EnableBaseline", 1000, &[&wait]);
        let two = step("two", "controltower:EnableBaseline", 1000, &[&wait]);
        // All three together give 3800; the two that come late give 7000.
        assert_seconds(&bound(&[zone, wait, one, two]), 7000.0);
    }

    #[test]
    fn lanes_named_besides_count_too_and_nothing_is_quicker_than_a_round_trip() {
        let steps: Vec<Step> = (0..8)
            .map(|n| {
                let mut made = step(&format!("a{n}"), "iam:CreateRole", 0, &[]);
                made.also.push("enrolment(Workloads)".to_owned());
                made
            })
            .collect();
        assert_seconds(&bound(&steps), 0.8);
        assert_seconds(&bound(&[]), 0.0);
    }
}
