//! Values: what all verbs do with those of a record.

use karat_model::record::Payload;

/// How long a step may make a value, in bytes.
const LENGTH_MAX: usize = 64 * 1024;

/// The values of a column that say something.
pub fn of(payload: &Payload, column: u16) -> impl Iterator<Item = &str> {
    let says_something = move |(at, value): &(u16, &str)| *at == column && !value.trim().is_empty();
    payload.iter().filter(says_something).map(|(_, value)| value)
}

/// Whether a column says nothing.
pub fn is_empty(payload: &Payload, column: u16) -> bool {
    of(payload, column).next().is_none()
}

/// Puts something else in the place of the values of a column; `change` gives nothing for a value
/// that stays. What is then empty is left out.
pub fn change(
    payload: &Payload,
    column: u16,
    change: impl Fn(&str) -> Option<String>,
) -> Option<Payload> {
    let changed = |value: &str| {
        if value.trim().is_empty() {
            // What says nothing stays as it came.
            return None;
        }
        let changed = change(value).filter(|changed| changed != value)?;
        (changed.len() <= LENGTH_MAX.max(value.len())).then_some(changed)
    };
    let is_changed = payload.iter().any(|(at, value)| at == column && changed(value).is_some());
    if !is_changed {
        return None;
    }
    let mut made = Payload::with_capacity(payload.bytes(), 0);
    for (at, value) in payload.iter() {
        match (at == column).then(|| changed(value)).flatten() {
            None => made.push(at, value),
            Some(changed) if changed.trim().is_empty() => {}
            Some(changed) => made.push(at, &changed),
        }
    }
    Some(made)
}

/// The values of a record in the order of their columns, with others in some columns; what says
/// nothing there is left out.
pub fn with(payload: &Payload, columns: &[(u16, &[&str])]) -> Payload {
    let is_kept = |(at, _): &(u16, &str)| columns.iter().all(|(column, _)| column != at);
    let mut values: Vec<(u16, &str)> = payload.iter().filter(is_kept).collect();
    for (column, others) in columns {
        let says_something = others.iter().filter(|value| !value.trim().is_empty());
        values.extend(says_something.map(|value| (*column, *value)));
    }
    // Values of one column stay in their order.
    values.sort_by_key(|(column, _)| *column);
    let mut made = Payload::with_capacity(payload.bytes(), 0);
    values.into_iter().for_each(|(column, value)| made.push(column, value));
    made
}
