//! A table for readers of Parquet, written a group of rows at a time.

use super::LEVEL;
use parquet::basic::{Compression, GzipLevel, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use std::io::Write;
use std::sync::Arc;

/// Rows that are written at once.
const GROUP: usize = 1 << 17;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Texts.
    Text,
    /// Whole numbers.
    Number,
    /// Yes or no.
    Flag,
}

/// A column of a table; any cell of it may be empty.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub sort: Sort,
}

/// A cell that is not empty.
#[derive(Debug, Clone)]
pub enum Cell {
    /// In a column of texts.
    Text(String),
    /// In a column of numbers.
    Number(i32),
    /// In a column of flags.
    Flag(bool),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// The cells of one column that are not empty, and for each row whether there is one.
enum Cells {
    Texts(Vec<ByteArray>, Vec<i16>),
    Numbers(Vec<i32>, Vec<i16>),
    Flags(Vec<bool>, Vec<i16>),
}

impl Cells {
    fn of(sort: Sort) -> Self {
        match sort {
            Sort::Text => Self::Texts(Vec::new(), Vec::new()),
            Sort::Number => Self::Numbers(Vec::new(), Vec::new()),
            Sort::Flag => Self::Flags(Vec::new(), Vec::new()),
        }
    }

    /// A cell of another sort than the column's is an empty one.
    fn push(&mut self, cell: Option<Cell>) {
        match (self, cell) {
            (Self::Texts(all, levels), Some(Cell::Text(own))) => {
                all.push(own.into_bytes().into());
                levels.push(1);
            }
            (Self::Numbers(all, levels), Some(Cell::Number(own))) => {
                all.push(own);
                levels.push(1);
            }
            (Self::Flags(all, levels), Some(Cell::Flag(own))) => {
                all.push(own);
                levels.push(1);
            }
            (Self::Texts(_, levels) | Self::Numbers(_, levels) | Self::Flags(_, levels), _) => {
                levels.push(0);
            }
        }
    }
}

/// A table that is being written.
pub struct Table<W: Write + Send> {
    columns: &'static [Column],
    writer: SerializedFileWriter<W>,
    cells: Vec<Cells>,
    rows: usize,
}

impl<W: Write + Send> Table<W> {
    /// Begins a table of these columns. `before` stands before it in the file, `about` is said of
    /// it in its footer.
    ///
    /// # Errors
    /// Where `out` cannot be written.
    pub fn new(
        out: W,
        columns: &'static [Column],
        before: &[u8],
        about: &[(&str, &str)],
    ) -> std::io::Result<Self> {
        let begun = || -> Result<Self> {
            let fields = columns.iter().map(field).collect::<Result<Vec<_>>>()?;
            let schema = Type::group_type_builder("facts").with_fields(fields).build()?;
            let about = about
                .iter()
                .map(|(key, value)| KeyValue::new((*key).to_owned(), (*value).to_owned()));
            let properties = WriterProperties::builder()
                .set_compression(Compression::GZIP(GzipLevel::try_new(LEVEL)?))
                .set_statistics_enabled(EnabledStatistics::Chunk)
                .set_offset_index_disabled(true)
                .set_created_by(concat!("crosscheck ", env!("CARGO_PKG_VERSION")).to_owned())
                .set_key_value_metadata(Some(about.collect()))
                .build();
            let mut writer =
                SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))?;
            writer.write_all(before)?;
            let cells = columns.iter().map(|own| Cells::of(own.sort)).collect();
            Ok(Self { columns, writer, cells, rows: 0 })
        };
        begun().map_err(failed)
    }

    /// Adds a row: a cell for each column.
    ///
    /// # Errors
    /// Where the table cannot be written.
    pub fn push(&mut self, row: impl IntoIterator<Item = Option<Cell>>) -> std::io::Result<()> {
        let mut row = row.into_iter();
        for own in &mut self.cells {
            own.push(row.next().flatten());
        }
        self.rows += 1;
        if self.rows < GROUP { Ok(()) } else { self.flush().map_err(failed) }
    }

    fn flush(&mut self) -> Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for (cells, column) in self.cells.iter_mut().zip(self.columns) {
            let cells = std::mem::replace(cells, Cells::of(column.sort));
            let Some(mut writer) = group.next_column()? else { break };
            match (cells, writer.untyped()) {
                (Cells::Texts(all, levels), ColumnWriter::ByteArrayColumnWriter(own)) => {
                    own.write_batch(&all, Some(&levels), None)?;
                }
                (Cells::Numbers(all, levels), ColumnWriter::Int32ColumnWriter(own)) => {
                    own.write_batch(&all, Some(&levels), None)?;
                }
                (Cells::Flags(all, levels), ColumnWriter::BoolColumnWriter(own)) => {
                    own.write_batch(&all, Some(&levels), None)?;
                }
                _ => return Err(ParquetError::General("a column of another sort".to_owned())),
            }
            writer.close()?;
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }

    /// Ends the table.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn finish(mut self) -> std::io::Result<()> {
        self.flush().and_then(|()| self.writer.close()).map(drop).map_err(failed)
    }
}

fn field(column: &Column) -> Result<Arc<Type>> {
    let (physical, logical) = match column.sort {
        Sort::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Sort::Number => (Physical::INT32, None),
        Sort::Flag => (Physical::BOOLEAN, None),
    };
    let own = Type::primitive_type_builder(column.name, physical)
        .with_logical_type(logical)
        .with_repetition(Repetition::OPTIONAL);
    Ok(Arc::new(own.build()?))
}

fn failed(error: ParquetError) -> std::io::Error {
    match error {
        ParquetError::External(error) => std::io::Error::other(error),
        error => std::io::Error::other(error.to_string()),
    }
}
