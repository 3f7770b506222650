//! Numbers of the domain as SQLite's 64-bit integers; all of them fit.

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
