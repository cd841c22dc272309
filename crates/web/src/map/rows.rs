//! On which row each shape stands: in order, on a common grid, near to those it is joined to.

use super::plan::Plan;

/// Rounds to and fro.
const ROUNDS: usize = 4;

/// The row of each box, and how many rows there are. `columns` is in order.
#[expect(clippy::cast_precision_loss, reason = "columns are short")]
pub(crate) fn rows(plan: &Plan, columns: &[Vec<usize>], least: usize) -> (Vec<f64>, usize) {
    let count = columns.iter().map(Vec::len).max().unwrap_or(0).max(least);
    let middle = (count.max(1) - 1) as f64 / 2.0;
    let mut rows = vec![0.0; plan.boxes.len()];
    for column in columns {
        let top = middle - (column.len().max(1) - 1) as f64 / 2.0;
        for (at, each) in column.iter().enumerate() {
            rows[*each] = top + at as f64;
        }
    }
    let mut joined: Vec<Vec<(usize, f64)>> = vec![Vec::new(); plan.boxes.len()];
    for line in &plan.lines {
        let (from, to) = plan.columns_of(line);
        if from != to {
            let pull = 1.0 / from.abs_diff(to) as f64;
            joined[line.from].push((line.to, pull));
            joined[line.to].push((line.from, pull));
        }
    }
    for round in 0..ROUNDS {
        for step in 0..columns.len() {
            let at = if round % 2 == 0 { step } else { columns.len() - 1 - step };
            let Some(column) = columns.get(at) else { continue };
            let wanted: Vec<(f64, f64)> = column
                .iter()
                .map(|each| {
                    let (sum, weight) =
                        joined[*each].iter().fold((0.0, 0.0), |(sum, weight), (other, pull)| {
                            (sum + pull * rows[*other], weight + pull)
                        });
                    if weight > 0.0 { (sum / weight, weight.sqrt()) } else { (middle, 0.05) }
                })
                .collect();
            for (each, row) in column.iter().zip(nearest(&wanted, count)) {
                rows[*each] = row as f64;
            }
        }
    }
    (rows, count)
}

/// Rising rows below `count`, each as near as can be to what is wanted (row, weight): every way to place the first `n`
/// on the first `m` rows follows from the ways to place fewer.
#[expect(clippy::cast_precision_loss, reason = "columns are short")]
fn nearest(wanted: &[(f64, f64)], count: usize) -> Vec<usize> {
    let n = wanted.len();
    // cost[i][m]: the first `i` stand on the first `m` rows.
    let mut cost = vec![vec![f64::INFINITY; count + 1]; n + 1];
    cost[0].fill(0.0);
    for i in 1..=n {
        let (row, weight) = wanted[i - 1];
        for m in i..=count {
            let here = cost[i - 1][m - 1] + weight * ((m - 1) as f64 - row).abs();
            cost[i][m] = here.min(cost[i][m - 1]);
        }
    }
    let mut found = vec![0; n];
    let mut m = count;
    for i in (1..=n).rev() {
        while m > i && cost[i][m - 1] <= cost[i][m] {
            m -= 1;
        }
        m -= 1;
        found[i - 1] = m;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn rows_rise_and_are_as_near_as_can_be() {
        assert_eq!(nearest(&[(2.0, 1.0)], 5), [2]);
        assert_eq!(nearest(&[(2.0, 1.0), (2.0, 1.0)], 5), [1, 2]);
        assert_eq!(nearest(&[(4.0, 1.0), (4.0, 1.0), (0.0, 0.1)], 5), [2, 3, 4]);
        assert_eq!(nearest(&[(0.0, 1.0), (9.0, 1.0)], 2), [0, 1]);
        assert_eq!(nearest(&[], 3), Vec::<usize>::new());
    }
}
