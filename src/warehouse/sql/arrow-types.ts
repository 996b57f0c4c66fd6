import type {
  DuckDBArrayType,
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalType,
  DuckDBDecimalValue,
  DuckDBListType,
  DuckDBListValue,
  DuckDBMapType,
  DuckDBMapValue,
  DuckDBStructType,
  DuckDBStructValue,
  DuckDBType,
  DuckDBValue,
} from '@duckdb/node-api'
import * as arrow from '@uwdata/flechette'
import { DuckDBTypeId } from '../duckdb.ts'

type Value = Exclude<DuckDBValue, null>

/** How a column of a result is built as one of Arrow. */
export interface ArrowColumn {
  type: arrow.DataType
  of: (value: DuckDBValue) => unknown
}

/** A type whose values are built as whole numbers, with what it is called in the schema. */
export type Renamed = [built: arrow.DataType, called: arrow.DataType]

/**
 * The Arrow type of a DuckDB type; what Arrow lacks is a text, as DuckDB writes it. Times are built as the whole numbers that
 * they are, since the builder takes milliseconds and would round microseconds; `renamed` gets what to call them.
 */
export function arrowColumn(type: DuckDBType, renamed: Renamed[]): ArrowColumn {
  const time = (called: arrow.DataType, unit: string): ArrowColumn => {
    const built: arrow.DataType = { ...arrow.int64() }
    renamed.push([built, called])
    return plain<Record<string, bigint>>(built, value => value[unit])
  }
  switch (type.typeId) {
    case DuckDBTypeId.BOOLEAN:
      return plain(arrow.bool())
    case DuckDBTypeId.TINYINT:
      return plain(arrow.int8())
    case DuckDBTypeId.SMALLINT:
      return plain(arrow.int16())
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.SQLNULL:
      return plain(arrow.int32())
    case DuckDBTypeId.BIGINT:
      return plain(arrow.int64())
    case DuckDBTypeId.UTINYINT:
      return plain(arrow.uint8())
    case DuckDBTypeId.USMALLINT:
      return plain(arrow.uint16())
    case DuckDBTypeId.UINTEGER:
      return plain(arrow.uint32())
    case DuckDBTypeId.UBIGINT:
      return plain(arrow.uint64())
    case DuckDBTypeId.FLOAT:
      return plain(arrow.float32())
    case DuckDBTypeId.DOUBLE:
      return plain(arrow.float64())
    // As DuckDB's own Arrow does with its integers of 128 bits, which sums of BIGINT are.
    case DuckDBTypeId.HUGEINT:
      return plain(arrow.decimal(38, 0))
    case DuckDBTypeId.DECIMAL: {
      const { width, scale } = type as DuckDBDecimalType
      return plain<DuckDBDecimalValue>(arrow.decimal(width, scale), value => value.value)
    }
    case DuckDBTypeId.DATE: {
      const built: arrow.DataType = { ...arrow.int32() }
      renamed.push([built, arrow.dateDay()])
      return plain<DuckDBDateValue>(built, value => value.days)
    }
    case DuckDBTypeId.TIMESTAMP:
      return time(arrow.timestamp(arrow.TimeUnit.MICROSECOND), 'micros')
    case DuckDBTypeId.TIMESTAMP_TZ:
      return time(arrow.timestamp(arrow.TimeUnit.MICROSECOND, 'UTC'), 'micros')
    case DuckDBTypeId.TIMESTAMP_MS:
      return time(arrow.timestamp(arrow.TimeUnit.MILLISECOND), 'millis')
    case DuckDBTypeId.TIMESTAMP_S:
      return time(arrow.timestamp(arrow.TimeUnit.SECOND), 'seconds')
    case DuckDBTypeId.TIMESTAMP_NS:
      return time(arrow.timestamp(arrow.TimeUnit.NANOSECOND), 'nanos')
    case DuckDBTypeId.BLOB:
      return plain<DuckDBBlobValue>(arrow.binary(), value => value.bytes)
    case DuckDBTypeId.LIST:
    case DuckDBTypeId.ARRAY: {
      const of = arrowColumn((type as DuckDBListType | DuckDBArrayType).valueType, renamed)
      return plain<DuckDBListValue | DuckDBArrayValue>(arrow.list(arrow.field('item', of.type)), ({ items }) =>
        items.map(of.of),
      )
    }
    case DuckDBTypeId.MAP: {
      const { keyType, valueType } = type as DuckDBMapType
      const [key, value] = [arrowColumn(keyType, renamed), arrowColumn(valueType, renamed)]
      return plain<DuckDBMapValue>(arrow.map(key.type, value.type), ({ entries }) =>
        entries.map(entry => [key.of(entry.key), value.of(entry.value)]),
      )
    }
    case DuckDBTypeId.STRUCT: {
      const { entryNames, entryTypes } = type as DuckDBStructType
      const parts = entryTypes.map(each => arrowColumn(each, renamed))
      const fields = entryNames.map((name, k) => arrow.field(name, parts[k]!.type))
      return plain<DuckDBStructValue>(arrow.struct(fields), ({ entries }) =>
        Object.fromEntries(entryNames.map((name, k) => [name, parts[k]!.of(entries[name]!)])),
      )
    }
    default:
      return plain(arrow.utf8(), String)
  }
}

function plain<Given>(type: arrow.DataType, of: (value: Given) => unknown = value => value): ArrowColumn {
  return { type, of: value => (value === null ? null : of(value as Value as Given)) }
}
