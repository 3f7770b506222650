//! Disjoint sets of records.

/// Disjoint sets of records; the root of a set is its smallest record.
pub(in crate::matching) struct UnionFind {
    parent: Vec<u32>,
}

impl UnionFind {
    pub fn new(records: usize) -> UnionFind {
        UnionFind { parent: (0..records as u32).collect() }
    }

    pub fn find(&mut self, mut record: u32) -> u32 {
        while self.parent[record as usize] != record {
            let above = self.parent[self.parent[record as usize] as usize];
            self.parent[record as usize] = above;
            record = above;
        }
        record
    }

    pub fn join(&mut self, left: u32, right: u32) {
        let (left, right) = (self.find(left), self.find(right));
        self.parent[left.max(right) as usize] = left.min(right);
    }

    pub fn labels(&mut self) -> Vec<u32> {
        (0..self.parent.len() as u32).map(|record| self.find(record)).collect()
    }

    /// The sets of more than one record, each in order.
    pub fn sets(&mut self) -> Vec<Vec<u32>> {
        let labels = self.labels();
        let mut sets: Vec<Vec<u32>> = vec![Vec::new(); labels.len()];
        for (record, label) in (0..).zip(labels) {
            sets[label as usize].push(record);
        }
        sets.retain(|set| set.len() > 1);
        sets
    }
}
