import type { Inspection } from '../locations/location.ts';
import { isLeftover } from '../repository/leftovers.ts';
import type { Objects } from '../repository/objects.ts';
import { SyncdError, type Reason } from '../runtime/errors.ts';

/** The reasons why no view of a source can be taken. */
export type SourceFault =
  | 'missing'
  | 'unreadable'
  | 'empty'
  | 'emptied'
  | 'not_a_repository'
  | 'erasure_format'
  | 'config_changed'
  | 'different_repository'
  | 'busy'
  | 'timeout'
  | 'suspect'
  | 'damaged';

const REASON_OF: Readonly<Partial<Record<SourceFault, Reason>>> = {
  busy: 'source_busy',
  timeout: 'timeout',
  suspect: 'source_corrupt',
  damaged: 'source_corrupt',
};

/** The parts that are missing from a place that has other parts of a repository. */
export interface Absence {
  readonly what: 'config' | 'keys' | 'index' | 'data';
  /** what was listed before the problem was found */
  readonly objects?: Objects;
}

/** The error when no view of the source can be taken. It is a state of the source, and never a reason to touch a backend. */
export class SourceProblem extends SyncdError {
  readonly fault: SourceFault;
  /** undefined unless a part of a repository is missing */
  readonly absence: Absence | undefined;

  // eslint-disable-next-line max-params -- as for a SyncdError, and what else is known
  constructor(
    fault: SourceFault,
    message: string,
    hint: string,
    { cause, reason, absence }: { cause?: unknown; reason?: Reason; absence?: Absence } = {},
  ) {
    super(reason ?? REASON_OF[fault] ?? 'source_unavailable', message, hint, cause);
    this.name = 'SourceProblem';
    this.fault = fault;
    this.absence = absence;
  }
}

/** What to do about a link in place of a directory of the source. */
export const LINK_HINT =
  "replace the link with the directory that it leads to; if that is on another disk, mount it there, for example with 'mount --bind'";

/** The problem of a place that has no `config` or no keys. */
export function diagnoseSource(found: Inspection, label: string): SourceProblem {
  if (found.root === 'missing') {
    return new SourceProblem(
      'missing',
      `there is nothing at ${label}`,
      'is its disk mounted? If it is, check source in the configuration',
    );
  }
  if (found.root === 'not_a_directory') {
    return new SourceProblem(
      'not_a_repository',
      `${label} is a file, not a directory`,
      'set source to the place that contains config, data, index, keys and snapshots',
    );
  }
  if (found.erasureFormat) return erasureFormat(label);
  if (found.entries.every(isLeftover)) {
    return new SourceProblem(
      'empty',
      `${label} is empty`,
      "if the client has not made its first backup yet, run 'restic init' there. Otherwise: is its disk mounted?",
    );
  }
  const what = found.entries.includes('config') ? 'keys' : 'config';
  const elsewhere = 'set source to the place that contains config, data, index, keys and snapshots';
  const hadOne = ['data', 'index', 'snapshots'].some((name) => found.entries.includes(name));
  const back = `put ${what === 'keys' ? 'the keys' : 'config'} back, for example from a replica; or, if this is the wrong place, ${elsewhere}`;
  return new SourceProblem(
    'not_a_repository',
    notARepository(found.entries, label),
    hadOne ? back : elsewhere,
    { absence: { what } },
  );
}

function notARepository(entries: readonly string[], label: string): string {
  const missing = ['config', 'keys'].filter((name) => !entries.includes(name));
  if (missing.length === 0) return `${label} has no keys: nothing in it can be decrypted`;
  return `${label} is not a restic repository: it has no ${missing.join(' and no ')}`;
}

function erasureFormat(label: string): SourceProblem {
  return new SourceProblem(
    'erasure_format',
    `${label} contains MinIO's erasure format (each object is a directory with xl.meta), not a repository`,
    'its files cannot be copied individually: give MinIO a single directory (FS mode), or use rest-server or a plain directory for this repository',
  );
}
