//! Numbers of the domain as SQLite's 64-bit integers; all of them fit.

use karat_model::id::EntityId;
use karat_model::record::Moment;
use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use crate::number::{EventNo, LoadNo, RowNo, SourceNo};

macro_rules! stored_as_integer {
    ($($number:ident)+) => {
        $(
            impl ToSql for $number {
                fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                    Ok(ToSqlOutput::from(self.0 as i64))
                }
            }

            impl FromSql for $number {
                fn column_result(value: ValueRef<'_>) -> FromSqlResult<$number> {
                    Ok($number(value.as_i64()? as u64))
                }
            }
        )+
    };
}

stored_as_integer!(LoadNo SourceNo RowNo EventNo);

/// An entity id as it is stored.
pub fn id_to_sql(id: EntityId) -> i64 {
    id.as_u64() as i64
}

/// A stored entity id.
pub fn id_from_sql(number: i64) -> EntityId {
    EntityId::from_u64(number as u64)
}

/// The entity id in a column.
pub fn id(row: &Row, column: usize) -> rusqlite::Result<EntityId> {
    Ok(id_from_sql(row.get(column)?))
}

/// The moment in a column.
pub fn moment(row: &Row, column: usize) -> rusqlite::Result<Option<Moment>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Moment))
}
