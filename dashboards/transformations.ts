import type { DataTransformerConfig } from '@grafana/grafana-foundation-sdk/dashboard';

/** Takes the time of each query's answer away, which is the same for all. */
export function withoutTime(): DataTransformerConfig {
  return { id: 'filterFieldsByName', options: { exclude: { pattern: '^Time' } } };
}

/** One row for each value of a label, a column for each query. */
export function joinBy(label: string): DataTransformerConfig {
  return { id: 'joinByField', options: { byField: label, mode: 'outer' } };
}

/** The greatest value first. */
export function sortedBy(field: string): DataTransformerConfig {
  return { id: 'sortBy', options: { sort: [{ field, desc: true }] } };
}

/** Names, and so orders, the columns; those named '' are left out, those not named come last. */
export function columns(names: Readonly<Record<string, string>>): DataTransformerConfig {
  const entries = Object.entries(names);
  return {
    id: 'organize',
    options: {
      indexByName: Object.fromEntries(entries.map(([field], index) => [field, index])),
      renameByName: Object.fromEntries(entries.filter(([, name]) => name !== '')),
      excludeByName: Object.fromEntries(
        entries.filter(([, name]) => name === '').map(([field]) => [field, true]),
      ),
    },
  };
}

/** Of one query only: a column for each backend. */
export function columnPerBackend(refId: string): DataTransformerConfig[] {
  return matrix({ refId, column: 'backend', row: 'client' });
}

interface Matrix {
  readonly refId: string;
  /** labels */
  readonly column: string;
  readonly row: string;
  /** the only query of a panel: its values then have no refId in their name */
  readonly isOnly?: true;
}

/** Of one query only: a column for each value of one label. What comes out belongs to no query any more. */
export function matrix({ refId, column, row, isOnly }: Matrix): DataTransformerConfig[] {
  const options = {
    columnField: column,
    rowField: row,
    valueField: isOnly ? 'Value' : `Value #${refId}`,
  };
  return [
    {
      id: 'groupingToMatrix',
      filter: { id: 'byRefId', options: refId },
      options: { ...options, emptyValue: 'null' },
    },
    { id: 'organize', options: { renameByName: { [`${row}\\${column}`]: row } } },
  ];
}
