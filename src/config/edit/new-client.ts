import { stringify } from 'yaml';
import { KINDS } from '../../kinds/registry.ts';
import { optional } from '../../runtime/optional.ts';

/** The content of a new client's file; the rest comes from the defaults. */
export interface NewClient {
  /** a directory or a remote, as it was typed */
  readonly source?: string;
  /** how often a snapshot is expected, as it was typed */
  readonly every?: string;
  /** where its own daemon listens, as it was typed */
  readonly listen?: string;
}

/** The text of a new client's file; undefined if no kind of place can have such a source. Pure. */
export function newClientText({ source, every, listen }: NewClient): string | undefined {
  const given = source === undefined ? undefined : sourceOf(source);
  if (source !== undefined && given === undefined) return undefined;
  const expect = every === undefined ? undefined : { snapshotEvery: every };
  const values = optional({ source: given, expect, listen });
  return Object.keys(values).length === 0
    ? '# Everything comes from the defaults in backup-syncd.yaml.\n'
    : stringify(values, { lineWidth: 0 });
}

/** The source under the key of the first kind of place that accepts it. */
function sourceOf(text: string): Readonly<Record<string, string>> | undefined {
  const kind = KINDS.find((each) => each.source?.keys(KINDS)[each.name]?.safeParse(text).success);
  return kind && { [kind.name]: text };
}
