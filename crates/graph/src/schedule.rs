//! What may run now.
//!
//! A schedule is a plain data structure over numbered pieces of work. Whoever drives it asks for
//! work with [`Schedule::start`], carries it out in whatever way, and reports with
//! [`Schedule::finish`]. Of the pieces that are ready, the one with the longest path of work
//! behind it comes first, so that the chain that decides the total time never waits.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

/// How a piece of work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Well: what waits for it may begin.
    Done,
    /// Badly: what waits for it cannot begin.
    Failed,
}

/// What follows from the end of a piece of work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finished {
    /// Pieces that will never begin, in ascending order.
    pub skipped: Vec<usize>,
}

/// Pieces of work, what each waits for, and what has become of them.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// How many unfinished pieces each one still waits for.
    waiting_for: Vec<u32>,
    /// Who waits for each.
    dependents: Vec<Vec<u32>>,
    /// Cost of the longest path that starts with each.
    height: Vec<u64>,
    ready: BinaryHeap<(u64, Reverse<usize>)>,
    skipped: Vec<bool>,
    unfinished: usize,
}

impl Schedule {
    /// A schedule of `costs.len()` pieces; `dependencies` are pairs of a piece and one that it
    /// waits for. Among pieces with equally long paths behind them the lowest number comes first.
    ///
    /// # Errors
    /// The groups of pieces that wait for each other in circles.
    pub fn new(
        costs: &[u64],
        dependencies: impl IntoIterator<Item = (usize, usize)>,
    ) -> Result<Schedule, Vec<Vec<usize>>> {
        let count = costs.len();
        let mut waiting_for = vec![0; count];
        let mut dependents: Vec<Vec<u32>> = vec![Vec::new(); count];
        for (piece, dependency) in dependencies {
            waiting_for[piece] += 1;
            dependents[dependency].push(u32::try_from(piece).unwrap_or(u32::MAX));
        }
        let Some(height) = heights(costs, &waiting_for, &dependents) else {
            return Err(circles(&dependents));
        };
        let ready = (0..count)
            .filter(|piece| waiting_for[*piece] == 0)
            .map(|piece| (height[piece], Reverse(piece)))
            .collect();
        let skipped = vec![false; count];
        Ok(Schedule { waiting_for, dependents, height, ready, skipped, unfinished: count })
    }

    /// Takes the most pressing piece that is ready, if there is one.
    pub fn start(&mut self) -> Option<usize> {
        self.ready.pop().map(|(_, Reverse(piece))| piece)
    }

    /// Notes the end of a piece that was started.
    pub fn finish(&mut self, piece: usize, outcome: Outcome) -> Finished {
        self.unfinished -= 1;
        let mut finished = Finished::default();
        match outcome {
            Outcome::Done => {
                for at in 0..self.dependents[piece].len() {
                    let dependent = self.dependents[piece][at] as usize;
                    self.waiting_for[dependent] -= 1;
                    if self.waiting_for[dependent] == 0 && !self.skipped[dependent] {
                        self.ready.push((self.height[dependent], Reverse(dependent)));
                    }
                }
            }
            Outcome::Failed => {
                let mut open = vec![piece];
                while let Some(here) = open.pop() {
                    for at in 0..self.dependents[here].len() {
                        let dependent = self.dependents[here][at] as usize;
                        if !self.skipped[dependent] {
                            self.skipped[dependent] = true;
                            self.unfinished -= 1;
                            finished.skipped.push(dependent);
                            open.push(dependent);
                        }
                    }
                }
                finished.skipped.sort_unstable();
            }
        }
        finished
    }

    /// Whether every piece has ended or was skipped.
    pub fn is_complete(&self) -> bool {
        self.unfinished == 0
    }
}

/// The cost of the longest path from each piece to an end, itself included; none if there are
/// circles.
fn heights(costs: &[u64], waiting_for: &[u32], dependents: &[Vec<u32>]) -> Option<Vec<u64>> {
    let mut remaining = waiting_for.to_vec();
    let mut order: Vec<usize> = (0..costs.len()).filter(|piece| remaining[*piece] == 0).collect();
    let mut at = 0;
    while let Some(piece) = order.get(at).copied() {
        at += 1;
        for dependent in &dependents[piece] {
            let dependent = *dependent as usize;
            remaining[dependent] -= 1;
            if remaining[dependent] == 0 {
                order.push(dependent);
            }
        }
    }
    if order.len() < costs.len() {
        return None;
    }
    let mut height = costs.to_vec();
    for piece in order.into_iter().rev() {
        let behind = dependents[piece].iter().map(|it| height[*it as usize]).max().unwrap_or(0);
        height[piece] += behind;
    }
    Some(height)
}

/// The groups of pieces of which each waits for every other of its group, each in ascending order.
fn circles(dependents: &[Vec<u32>]) -> Vec<Vec<usize>> {
    let edges = dependents.iter().zip(0..);
    let edges = edges.flat_map(|(waiting, piece)| waiting.iter().map(move |it| (piece, *it)));
    let graph = DiGraph::<(), ()>::from_edges(edges);
    let mut groups: Vec<Vec<usize>> = kosaraju_scc(&graph)
        .into_iter()
        .filter(|group| group.len() > 1 || group.iter().any(|one| graph.contains_edge(*one, *one)))
        .map(|group| group.into_iter().map(|piece| piece.index()).collect())
        .collect();
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort();
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drain(schedule: &mut Schedule) -> Vec<usize> {
        let mut order = Vec::new();
        while let Some(piece) = schedule.start() {
            order.push(piece);
            schedule.finish(piece, Outcome::Done);
        }
        order
    }

    #[test]
    fn the_longest_remaining_path_comes_first() {
        // 0 stands alone; 1 <- 2 <- 3 is a chain.
        let mut schedule = Schedule::new(&[1, 1, 1, 1], [(2, 1), (3, 2)]).expect("no cycle");
        assert_eq!(drain(&mut schedule), [1, 2, 0, 3]);
        assert!(schedule.is_complete());
    }

    #[test]
    fn what_waits_for_a_failure_is_skipped_and_nothing_else() {
        let mut schedule = Schedule::new(&[1; 5], [(1, 0), (2, 1), (4, 3)]).expect("no cycle");
        assert_eq!(schedule.start(), Some(0));
        assert_eq!(schedule.finish(0, Outcome::Failed).skipped, [1, 2]);
        assert_eq!(drain(&mut schedule), [3, 4]);
        assert!(schedule.is_complete());
    }

    #[test]
    fn circles_are_named() {
        let edges = [(1, 2), (2, 1), (3, 2), (4, 3), (5, 6), (6, 7), (7, 5), (8, 8)];
        let circles = Schedule::new(&[1; 9], edges).expect_err("circles");
        let expected: [&[usize]; 3] = [&[1, 2], &[5, 6, 7], &[8]];
        assert_eq!(circles, expected, "what only waits behind them is not in them");
    }

    #[test]
    fn every_dependency_is_respected() {
        let dependencies: Vec<(usize, usize)> = (1..200)
            .flat_map(|piece| [(piece, piece / 2), (piece, piece - 1 - piece % 3 % piece)])
            .collect();
        let mut schedule = Schedule::new(&[1; 200], dependencies.clone()).expect("no cycle");
        let order = drain(&mut schedule);
        let position = |piece| order.iter().position(|it| *it == piece).expect("every piece runs");
        assert!(dependencies.iter().all(|(piece, needed)| position(*needed) < position(*piece)));
    }
}
