//! The schedule, against a model that knows nothing but reachability.

use std::collections::BTreeSet;

use meridian_graph::{Outcome, Schedule};
use proptest::prelude::*;
use proptest::sample::Index;

/// Costs of pieces, and pairs of a piece and an earlier one that it waits for.
fn work() -> impl Strategy<Value = (Vec<u64>, Vec<(usize, usize)>)> {
    (1..30_usize).prop_flat_map(|count| {
        let costs = prop::collection::vec(0..20_u64, count);
        let edges = prop::collection::vec((0..count, any::<Index>()), 0..count * 2);
        let earlier = edges.prop_map(|edges| {
            let edges = edges.into_iter().filter(|(piece, _)| *piece > 0);
            edges.map(|(piece, needed)| (piece, needed.index(piece))).collect()
        });
        // Numbers say nothing about the order.
        (costs, earlier, Just((0..count).collect::<Vec<_>>()).prop_shuffle()).prop_map(
            |(costs, edges, names): (_, Vec<(usize, usize)>, Vec<usize>)| {
                let renamed = edges.iter().map(|(a, b)| (names[*a], names[*b])).collect();
                (costs, renamed)
            },
        )
    })
}

/// Everything that waits for a piece in the end.
fn descendants(edges: &[(usize, usize)], of: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    let mut open = vec![of];
    while let Some(here) = open.pop() {
        for (piece, _) in edges.iter().filter(|(_, needed)| *needed == here) {
            if found.insert(*piece) {
                open.push(*piece);
            }
        }
    }
    found
}

/// The cost of the longest path that begins with a piece.
fn height(costs: &[u64], edges: &[(usize, usize)], of: usize) -> u64 {
    let behind = edges.iter().filter(|(_, needed)| *needed == of);
    costs[of] + behind.map(|(piece, _)| height(costs, edges, *piece)).max().unwrap_or(0)
}

proptest! {
    #[test]
    fn every_piece_ends_or_is_skipped_for_a_reason(
        (costs, edges) in work(),
        choices in prop::collection::vec((any::<Index>(), prop::bool::weighted(0.15)), 1..40),
        at_once in 1..5_usize,
    ) {
        let mut schedule = Schedule::new(&costs, edges.clone()).expect("no circles");
        let mut choices = choices.iter().cycle();
        let (mut done, mut failed) = (BTreeSet::new(), BTreeSet::new());
        let mut skipped = BTreeSet::new();
        let mut under_way = Vec::new();
        loop {
            while under_way.len() < at_once && let Some(piece) = schedule.start() {
                let needed = edges.iter().filter(|(it, _)| *it == piece);
                prop_assert!(needed.clone().all(|(_, needed)| done.contains(needed)));
                prop_assert!(!under_way.contains(&piece) && !done.contains(&piece));
                under_way.push(piece);
            }
            if under_way.is_empty() {
                break;
            }
            let (which, fails) = choices.next().expect("it goes round");
            let piece = under_way.swap_remove(which.index(under_way.len()));
            let outcome = if *fails { Outcome::Failed } else { Outcome::Done };
            let finished = schedule.finish(piece, outcome);
            if *fails {
                failed.insert(piece);
                let fresh: Vec<usize> =
                    descendants(&edges, piece).difference(&skipped).copied().collect();
                prop_assert_eq!(&finished.skipped, &fresh, "its descendants, each told once");
                skipped.extend(fresh);
            } else {
                done.insert(piece);
                prop_assert!(finished.skipped.is_empty());
            }
            prop_assert_eq!(
                schedule.is_complete(),
                done.len() + failed.len() + skipped.len() == costs.len()
            );
        }
        prop_assert!(schedule.is_complete());
        prop_assert_eq!(done.len() + failed.len() + skipped.len(), costs.len());
        for piece in &skipped {
            prop_assert!(failed.iter().any(|it| descendants(&edges, *it).contains(piece)));
        }
    }

    #[test]
    fn the_longest_path_that_is_left_comes_first((costs, edges) in work()) {
        let mut schedule = Schedule::new(&costs, edges.clone()).expect("no circles");
        let mut done = BTreeSet::new();
        while let Some(piece) = schedule.start() {
            let ready = (0..costs.len()).filter(|it| {
                let mut needed = edges.iter().filter(|(waits, _)| waits == it);
                !done.contains(it) && needed.all(|(_, needed)| done.contains(needed))
            });
            let best = ready.min_by_key(|it| (std::cmp::Reverse(height(&costs, &edges, *it)), *it));
            prop_assert_eq!(Some(piece), best);
            done.insert(piece);
            schedule.finish(piece, Outcome::Done);
        }
    }

    #[test]
    fn circles_are_found_and_nothing_but_circles(
        count in 1..12_usize,
        edges in prop::collection::vec((any::<Index>(), any::<Index>()), 0..20),
    ) {
        let edges: Vec<(usize, usize)> =
            edges.iter().map(|(a, b)| (a.index(count), b.index(count))).collect();
        let circular: BTreeSet<usize> =
            (0..count).filter(|it| descendants(&edges, *it).contains(it)).collect();
        match Schedule::new(&vec![1; count], edges.clone()) {
            Ok(_) => prop_assert!(circular.is_empty()),
            Err(circles) => {
                let named: Vec<usize> = circles.iter().flatten().copied().collect();
                prop_assert_eq!(named.len(), circular.len(), "each once");
                prop_assert_eq!(named.into_iter().collect::<BTreeSet<_>>(), circular);
                for circle in &circles {
                    let all = |it: &usize| circle.iter().all(|other| descendants(&edges, *it).contains(other));
                    prop_assert!(circle.iter().all(all));
                }
            }
        }
    }
}

#[test]
fn a_long_chain_is_scheduled() {
    const LONG: usize = 20_000;
    let edges = (1..LONG).map(|piece| (piece, piece - 1));
    let mut schedule = Schedule::new(&[1; LONG], edges).expect("no circle");
    assert_eq!(schedule.start(), Some(0));
    assert_eq!(schedule.finish(0, Outcome::Failed).skipped.len(), LONG - 1);
    assert!(schedule.is_complete());
}
