import { formatLabels, renderSamples, type Sample } from './exposition.ts';
import { fullName, METRICS, type MetricName } from './names.ts';
import type { ByLabel, Value } from './values.ts';

/** How what has series is told apart, and what it is worth. */
export interface TableOptions<Subject> {
  /** the columns */
  readonly names: readonly MetricName[];
  /** no other subject has the same */
  readonly keyOf: (subject: Subject) => string;
  readonly labelsOf: (subject: Subject) => Readonly<Record<string, string>>;
  readonly valuesOf: (subject: Subject) => Partial<Record<MetricName, Value>>;
}

/** What one client, or one backend, has. */
interface Row {
  /** those that all its series have, as they are written */
  readonly labels: string;
  readonly values: Value[];
  readonly lines: string[];
}

/**
 * The lines of a group of metrics, kept from one scrape to the next: a hundred clients have thousands, few change between
 * two scrapes, and only those are written anew. Kept as the bytes that are sent: V8 would stop the next scrapes to collect
 * what each of them makes anew.
 */
export class SeriesTable<Subject> {
  private readonly options: TableOptions<Subject>;
  private rows: ReadonlyMap<string, Row> = new Map();
  /** all lines of each metric */
  private readonly columns: Buffer[] = [];
  /** those of which a line was written since */
  private readonly changed = new Set<number>();

  constructor(options: TableOptions<Subject>) {
    this.options = options;
  }

  /** The lines of each metric, in the order of the `subjects`; whoever is not among them any more is forgotten. */
  update(subjects: readonly Subject[]): [name: MetricName, lines: Buffer][] {
    const { names, keyOf } = this.options;
    const rows = new Map(subjects.map((subject) => [keyOf(subject), this.updateRow(subject)]));
    const areSame = isSameTable(rows, this.rows);
    this.rows = rows;
    names.forEach((_, i) => {
      if (!areSame || this.changed.has(i)) this.columns[i] = this.joinColumn(i);
    });
    this.changed.clear();
    return names.map((name, i) => [name, this.columns[i] ?? NO_LINES]);
  }

  private joinColumn(index: number): Buffer {
    let lines = '';
    for (const row of this.rows.values()) lines += row.lines[index] ?? '';
    return Buffer.from(lines);
  }

  private updateRow(subject: Subject): Row {
    const { names, keyOf, labelsOf, valuesOf } = this.options;
    const row = this.rows.get(keyOf(subject)) ?? {
      ...{ labels: formatLabels(labelsOf(subject)), values: [], lines: [] },
    };
    const values = valuesOf(subject);
    names.forEach((name, i) => {
      const value = values[name];
      if (i < row.lines.length && isSame(value, row.values[i])) return;
      row.values[i] = value;
      this.changed.add(i);
      row.lines[i] = renderSamples(fullName(name), samplesOf(name, row.labels, value));
    });
    return row;
  }
}

/** Of a metric that nobody has. */
export const NO_LINES = Buffer.alloc(0);

/** Whether the rows are the same, in the same order. */
function isSameTable(a: ReadonlyMap<string, Row>, b: ReadonlyMap<string, Row>): boolean {
  const others = b.values();
  for (const row of a.values()) if (others.next().value !== row) return false;
  return a.size === b.size;
}

function samplesOf(name: MetricName, labels: string, value: Value): Sample[] {
  if (value === undefined) return [];
  if (typeof value === 'number') return [{ labels, value }];
  const last = METRICS[name].labels.at(-1) ?? '';
  return Object.entries(value).map(([key, each]) => ({
    labels: `${labels},${last}="${key}"`,
    value: each,
  }));
}

function isSame(a: Value, b: Value): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return Object.is(a, b);
  return a === b || isSameByLabel(a, b);
}

function isSameByLabel(a: ByLabel, b: ByLabel): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
