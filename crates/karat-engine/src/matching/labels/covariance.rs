//! Covariance: how uncertain offsets still are, and how uncertain together.

use super::Column;

/// The covariance of normally distributed offsets.
#[derive(Clone, Debug)]
pub(super) struct Covariance {
    width: usize,
    /// Row after row.
    values: Vec<f64>,
}

impl Covariance {
    /// Of independent offsets with these variances.
    pub fn independent(variances: &[f64]) -> Covariance {
        let width = variances.len();
        let mut values = vec![0.0; width * width];
        for (at, variance) in variances.iter().enumerate() {
            values[at * width + at] = *variance;
        }
        Covariance { width, values }
    }

    /// Covariance of each offset with the sum of some.
    pub fn with_sum(&self, columns: &[Column]) -> Vec<f64> {
        let rows = self.values.chunks_exact(self.width);
        rows.map(|row| columns.iter().map(|&column| row[column]).sum()).collect()
    }

    /// The product with a vector.
    pub fn times(&self, vector: &[f64]) -> Vec<f64> {
        let rows = self.values.chunks_exact(self.width);
        rows.map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum()).collect()
    }

    /// Takes account of an observation of the sum of some offsets, that has this precision (Sherman
    /// and Morrison, 1950); tells by how much the logarithm of the determinant fell.
    pub fn observe(&mut self, columns: &[Column], precision: f64) -> f64 {
        let with_sum = self.with_sum(columns);
        let variance = sum(&with_sum, columns);
        let factor = precision / (1.0 + precision * variance);
        for (row, &left) in self.values.chunks_exact_mut(self.width).zip(&with_sum) {
            if left == 0.0 {
                continue;
            }
            for (value, &right) in row.iter_mut().zip(&with_sum) {
                *value -= factor * left * right;
            }
        }
        (precision * variance).ln_1p()
    }
}

/// The sum of some values.
pub(super) fn sum(values: &[f64], columns: &[Column]) -> f64 {
    columns.iter().map(|&column| values[column]).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_observation_narrows_what_it_is_about_and_ties_it_together() {
        let mut covariance = Covariance::independent(&[1.0, 1.0, 4.0]);
        let fell = covariance.observe(&[0, 1], 0.5);
        assert_eq!(fell, 2.0_f64.ln());
        // Worked out by hand: (I + ½ x xᵀ)⁻¹ of two offsets is I − ¼ x xᵀ.
        assert_eq!(covariance.with_sum(&[0]), [0.75, -0.25, 0.0]);
        assert_eq!(covariance.with_sum(&[0, 1]), [0.5, 0.5, 0.0]);
        assert_eq!(covariance.times(&[1.0, 0.0, 2.0]), [0.75, -0.25, 8.0]);
    }
}
