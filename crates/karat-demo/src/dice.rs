//! Seeded chance, the same on every platform: integers only.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What chance is needed for; each purpose has dice of its own, so that a change of habits in one
/// system leaves the invented people and the other systems as they were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Who lives where, and what happens to them.
    World,
    /// How the system with this number writes it down.
    System(u8),
}

/// A stream of chance.
#[derive(Clone, Debug)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The dice of one neighbourhood for one purpose.
    pub fn new(seed: u64, purpose: Purpose, neighbourhood: u64) -> Dice {
        let lane = match purpose {
            Purpose::World => 0,
            Purpose::System(number) => 1 + u64::from(number),
        };
        let mut source = ChaCha8Rng::seed_from_u64(seed);
        source.set_stream(neighbourhood * 16 + lane);
        Dice(source)
    }

    /// A number from 0 up to, not including, `end`.
    pub fn below(&mut self, end: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * u64::from(end)) >> 32) as u32
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i32, high: i32) -> i32 {
        low + self.below((high - low + 1) as u32) as i32
    }

    /// Whether something happens that does so `rate` times in a hundred.
    pub fn percent(&mut self, rate: u32) -> bool {
        self.below(100) < rate
    }

    /// Whether something happens that does so `rate` times in a thousand.
    pub fn per_mille(&mut self, rate: u32) -> bool {
        self.below(1000) < rate
    }

    /// One of the items, all as likely.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u32) as usize]
    }

    /// The number of the share that is drawn, given the shares in any unit.
    pub fn share<const N: usize>(&mut self, shares: [u32; N]) -> usize {
        let mut point = self.below(shares.iter().sum());
        for (number, share) in shares.into_iter().enumerate() {
            if point < share {
                return number;
            }
            point -= share;
        }
        unreachable!("the point lies below the sum of the shares")
    }
}

/// Scatters a number over 64 bits: the same number, always the same place.
pub fn scatter(number: u64) -> u64 {
    // The finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// The n-th of all numbers below `end` in an order that looks random and repeats none.
pub fn unrepeated(n: u64, seed: u64, end: u64) -> u64 {
    // A step that shares no factor with the end visits every number once. The golden section
    // keeps neighbours far apart.
    let mut step = (end as u128 * 618_033_989 / 1_000_000_000) as u64 | 1;
    while common_factor(step, end) != 1 {
        step += 2;
    }
    let start = scatter(seed) % end;
    ((u128::from(n % end) * u128::from(step) + u128::from(start)) % u128::from(end)) as u64
}

fn common_factor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_factor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_and_neighbourhoods_have_chances_of_their_own() {
        let first = |mut dice: Dice| (dice.below(1 << 30), dice.below(1 << 30));
        let world = first(Dice::new(7, Purpose::World, 3));
        assert_eq!(world, first(Dice::new(7, Purpose::World, 3)));
        assert_ne!(world, first(Dice::new(8, Purpose::World, 3)));
        assert_ne!(world, first(Dice::new(7, Purpose::System(0), 3)));
        assert_ne!(world, first(Dice::new(7, Purpose::World, 4)));
    }

    #[test]
    fn shares_are_drawn_in_proportion() {
        let mut dice = Dice::new(1, Purpose::World, 0);
        let mut drawn = [0; 3];
        for _ in 0..10_000 {
            drawn[dice.share([1, 0, 3])] += 1;
        }
        assert_eq!(drawn[1], 0);
        assert!((2300..2700).contains(&drawn[0]), "{drawn:?}");
    }

    #[test]
    fn unrepeated_numbers_repeat_none() {
        for end in [1, 2, 97, 1000, 4096] {
            let mut seen: Vec<u64> = (0..end).map(|n| unrepeated(n, 42, end)).collect();
            seen.sort_unstable();
            assert_eq!(seen, (0..end).collect::<Vec<_>>());
        }
    }
}
