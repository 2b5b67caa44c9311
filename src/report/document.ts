import { TIME_KEY } from './time-keys.ts';
import { assessAll, daemonFindings, type OverallFinding } from './overall.ts';
import type { ClientReport, DisabledState, DiscoveryState, Picture, Severity } from './types.ts';

/** Keys that hold a time: milliseconds since the epoch in the report, ISO 8601 in a document. */
type TimeKey =
  `${string}At` | `${string}Since` | 'since' | 'lastContact' | 'lastListing' | 'lastSuccess';

type Optional<T, K extends keyof T> = undefined extends T[K] ? undefined : never;

/** Converts a report to JSON: times become strings, everything else stays; durations keep their `Ms`. */
export type Documented<T> = T extends readonly (infer E)[]
  ? readonly Documented<E>[]
  : T extends object
    ? { readonly [K in keyof T]: K extends TimeKey ? string | Optional<T, K> : Documented<T[K]> }
    : T;

export interface StatusDocument {
  readonly schemaVersion: 1;
  /** the overall severity */
  readonly severity: Severity;
  /** findings about the daemon, and about clients that do not run; other clients have their own */
  readonly findings: readonly OverallFinding[];
  readonly clients: readonly Documented<ClientReport>[];
  /** clients that are disabled; absent when there is none */
  readonly disabled?: readonly Documented<DisabledState>[];
  /** repositories that are no clients; absent where nothing is to be discovered */
  readonly discovery?: DiscoveryState;
}

/**
 * The document of `status --json` and `/api/status`. Pure; the report is not changed.
 *
 * @param clients those that are listed
 */
export function toStatusDocument(
  picture: Picture,
  clients: readonly ClientReport[] = picture.clients,
): StatusDocument {
  const { disabled = [], discovery } = picture;
  return {
    schemaVersion: 1,
    severity: assessAll(picture).severity,
    findings: daemonFindings(picture),
    clients: clients.map(toDocument),
    ...(disabled.length > 0 && { disabled: disabled.map(toDocument) }),
    ...(discovery !== undefined && { discovery }),
  };
}

/** Any part of a report (a client, a sync, snapshot rows) with its times as ISO 8601 strings, in UTC. */
export function toDocument<T>(value: T): Documented<T> {
  return convert(value) as Documented<T>;
}

function convert(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(convert);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      typeof item === 'number' && TIME_KEY.test(key) ? toIso(item) : convert(item),
    ]),
  );
}

/** A number that is not a valid time is not a fact, so it is absent. */
function toIso(ms: number): string | undefined {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
