//! A year of invented feeds: what is unusual is told, and hardly anything else.

use std::collections::BTreeSet;

use karat_model::check::{Check, CheckName, Day, Decimal, Requirement, Share, Verdict, Volume};
use karat_model::hub_model::HubModel;
use karat_model::id::SourceName;
use karat_model::record::Moment;

use super::{
    CheckNo, CheckPlan, ColumnFacts, DeliveryFacts, Feed, Groups, RefTables, Sample, chance,
    stability, take_in, total,
};

/// Numbers by chance, the same each time. Source: S. Vigna, SplitMix64.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ bits >> 31) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// By Box and Muller.
    fn normal(&mut self) -> f64 {
        let (radius, angle) = (self.next().max(1e-300), self.next());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
    }

    /// How many of so many, each with this probability.
    fn some_of(&mut self, count: f64, probability: f64) -> f64 {
        let deviation = (count * probability * (1.0 - probability)).sqrt();
        (count * probability + deviation * self.normal()).round().clamp(0.0, count)
    }
}

/// An invented source.
#[derive(Clone)]
struct Invented {
    feed: Feed,
    rows: f64,
    /// From Monday to Sunday; 0: it does not deliver.
    week: [f64; 7],
    /// How far the year swings up and down.
    season: f64,
    /// How much it grows in a year.
    growth: f64,
    noise: f64,
    /// Per column: how often it is empty, how much more in weekends, how many values it has.
    columns: Vec<(f64, f64, usize)>,
}

/// What one delivery brings.
struct Brought {
    rows: f64,
    empty: Vec<f64>,
    groups: Vec<Groups>,
}

impl Invented {
    fn delivery(&self, day: i32, by: &mut Chance) -> Option<Brought> {
        let weekday = day.rem_euclid(7) as usize;
        let year = f64::from(day) / 365.0;
        let swing = 1.0 + self.season * (std::f64::consts::TAU * year).sin();
        let level = self.rows * self.week[weekday] * swing * (1.0 + self.growth * year);
        if level == 0.0 {
            return None;
        }
        let rows = (level * (self.noise * by.normal()).exp()).round();
        let is_weekend = weekday >= 5;
        let (mut empty, mut groups) = (Vec::new(), Vec::new());
        for &(share, more, values) in &self.columns {
            let share = share + if is_weekend { more } else { 0.0 };
            let left = match self.feed {
                Feed::Whole => (rows * share).round(),
                Feed::Changes => by.some_of(rows, share),
            };
            empty.push(left);
            let weights = (1..=values).map(|at| 1.0 / at as f64);
            let all: f64 = weights.clone().sum();
            let of = weights.enumerate().map(|(at, weight)| {
                let tilt = if is_weekend && at == 0 { 1.3 } else { 1.0 };
                let count = match self.feed {
                    Feed::Whole => (rows - left) * weight / all,
                    Feed::Changes => by.some_of(rows - left, (weight * tilt / all).min(1.0)),
                };
                (format!("{at}"), count.round() as u64)
            });
            groups.push(of.filter(|(_, count)| *count > 0).collect());
        }
        Some(Brought { rows, empty, groups })
    }
}

/// What is kept of a source.
#[derive(Clone, Default)]
struct Kept {
    volumes: Vec<Sample>,
    empty: Vec<Vec<Sample>>,
    distances: Vec<Vec<Sample>>,
    usual: Vec<Groups>,
    chances: Vec<f64>,
}

impl Kept {
    fn take(&mut self, day: i32, brought: &Brought) {
        let sample = |value| Sample { day: Day(day), value };
        self.volumes.push(sample(brought.rows));
        let columns = brought.empty.len();
        self.empty.resize(columns, Vec::new());
        self.distances.resize(columns, Vec::new());
        self.usual.resize(columns, Groups::new());
        self.chances.resize(columns, 0.0);
        for at in 0..columns {
            self.empty[at].push(sample(brought.empty[at] / brought.rows.max(1.0)));
            let (now, usual) = (&brought.groups[at], &mut self.usual[at]);
            let (counted, before) = (total(now.values()), total(usual.values()));
            if counted >= 100 && before >= 100 {
                fn pairs(groups: &Groups) -> impl Iterator<Item = (&str, u64)> {
                    groups.iter().map(|(group, count)| (group.as_str(), *count))
                }
                self.distances[at].push(sample(stability(pairs(now), pairs(usual))));
                self.chances[at] = chance(usual.len().max(now.len()), counted, before);
            }
            take_in(usual, now);
        }
    }

    /// Which checks fail, and at which columns.
    fn alarms(&self, plan: &CheckPlan, feed: Feed) -> BTreeSet<(CheckNo, Option<u16>)> {
        let source = SourceName::new("crm");
        let column = |at: usize| ColumnFacts {
            column: at as u16,
            attribute: None,
            empty: &self.empty[at],
            distances: &self.distances[at],
            chance: self.chances[at],
        };
        let columns: Vec<ColumnFacts> = (0..self.empty.len()).map(column).collect();
        let facts = DeliveryFacts {
            source: &source,
            as_of: Moment(0),
            feed,
            delivered_at: None,
            latency: None,
            records: &[],
            volumes: &self.volumes,
            columns: &columns,
            values: &[],
        };
        let judged = plan.judge_delivery(&facts).into_iter();
        let failed = judged.filter(|it| it.verdict == Verdict::Fail);
        failed
            .flat_map(|it| it.faults.into_iter().map(move |fault| (it.check, fault.column)))
            .collect()
    }
}

fn plan() -> CheckPlan {
    let volume = Volume { drop_max: Share(1_200), rise_max: Some(Share(5_000)) };
    let requirements = [
        ("volume", Requirement::UsualVolume(volume)),
        ("null_rate", Requirement::UsualNullRate(Share(350))),
        ("drift", Requirement::UsualValues(Decimal::parse("0.25").unwrap())),
    ];
    let mut model = HubModel::new("Shop");
    let check = |(name, it)| Check::new(CheckName::new(name).unwrap(), it);
    model.checks = requirements.into_iter().map(check).collect();
    CheckPlan::new(&model, RefTables::default()).unwrap()
}

fn invented() -> Vec<Invented> {
    let columns = vec![
        (0.0, 0.0, 2),
        (0.02, 0.0, 8),
        (0.05, 0.03, 20),
        (0.1, 0.0, 40),
        (0.3, 0.0, 5),
        (0.02, 0.02, 60),
    ];
    let shop = Invented {
        feed: Feed::Changes,
        rows: 2_500.0,
        week: [1.0, 0.95, 0.9, 0.92, 1.0, 0.6, 0.45],
        season: 0.2,
        growth: 0.15,
        noise: 0.025,
        columns,
    };
    let office = Invented { week: [1.0, 0.9, 0.9, 0.9, 0.8, 0.0, 0.0], ..shop.clone() };
    let crm = Invented {
        feed: Feed::Whole,
        rows: 40_000.0,
        week: [1.0; 7],
        season: 0.0,
        growth: 0.1,
        noise: 0.001,
        ..shop.clone()
    };
    let weekly = Invented { week: [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0], ..crm.clone() };
    vec![shop, office, crm, weekly]
}

#[test]
fn a_year_of_seasonal_feeds_raises_hardly_an_alarm() {
    let plan = plan();
    for (kind, source) in invented().into_iter().enumerate() {
        for seed in 0..5 {
            let mut by = Chance(seed * 1_000 + kind as u64);
            let mut kept = Kept::default();
            let mut before = BTreeSet::new();
            let mut opened = [0; 13];
            for day in 0..365 {
                let Some(brought) = source.delivery(day, &mut by) else { continue };
                kept.take(day, &brought);
                let now = kept.alarms(&plan, source.feed);
                opened[day as usize / 30] += now.difference(&before).count();
                before = now;
            }
            assert!(opened.iter().all(|count| *count <= 1), "feed {kind}, {seed}: {opened:?}");
        }
    }
}

#[test]
fn a_drop_of_a_fifth_and_five_points_of_empty_values_are_told_on_the_next_delivery() {
    let plan = plan();
    let [volume, null_rate, _] = [0, 1, 2].map(CheckNo);
    for (kind, source) in invented().into_iter().enumerate() {
        let (mut trials, mut drops, mut jumps) = (0, 0, 0);
        for seed in 0..5 {
            let mut by = Chance(seed * 1_000 + 500 + kind as u64);
            let mut kept = Kept::default();
            for day in 0..365 {
                let Some(mut brought) = source.delivery(day, &mut by) else { continue };
                if day >= 28 && day % 5 == 0 {
                    let mut dropped = kept.clone();
                    let empty = brought.empty.iter().map(|empty| empty * 0.8).collect();
                    let fewer = Brought { rows: brought.rows * 0.8, empty, groups: Vec::new() };
                    let groups = brought.groups.clone();
                    dropped.take(day, &Brought { groups, ..fewer });
                    drops +=
                        i32::from(dropped.alarms(&plan, source.feed).contains(&(volume, None)));
                    let mut emptied = kept.clone();
                    let were = brought.empty[1];
                    brought.empty[1] += brought.rows * 0.05;
                    emptied.take(day, &brought);
                    brought.empty[1] = were;
                    let told = emptied.alarms(&plan, source.feed);
                    jumps += i32::from(told.contains(&(null_rate, Some(1))));
                    trials += 1;
                }
                kept.take(day, &brought);
            }
        }
        assert!(trials > 30, "feed {kind}: {trials}");
        assert!(drops * 100 >= trials * 98, "feed {kind}: {drops} drops of {trials}");
        assert!(jumps * 100 >= trials * 98, "feed {kind}: {jumps} jumps of {trials}");
    }
}
