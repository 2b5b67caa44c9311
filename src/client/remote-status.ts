import { STATUS_CODES } from 'node:http';
import * as z from 'zod/mini';
import type { OverallFinding } from '../report/overall.ts';
import type { FindingKind, Severity } from '../report/types.ts';
import { withDeadline } from '../runtime/abort.ts';
import { UnavailableError } from '../runtime/errors.ts';
import { errorMessage } from '../runtime/system-error.ts';
import { parseJson } from '../runtime/parse-json.ts';

const SeverityName = z.enum(['ok', 'warning', 'critical', 'unknown']);

const Finding = z.object({
  /** a newer daemon may know more of them */
  kind: z.custom<FindingKind>((kind) => typeof kind === 'string'),
  severity: SeverityName,
  client: z.optional(z.string()),
  backend: z.optional(z.string()),
  message: z.string(),
});

const Client = z.object({
  client: z.string(),
  severity: SeverityName,
  reportedAt: z.iso.datetime(),
  findings: z.array(Finding),
  backends: z.array(z.object({ lagMs: z.optional(z.number()) })),
  protection: z.object({
    unprotected: z.optional(z.number()),
    protectedSnapshotAt: z.optional(z.iso.datetime()),
  }),
});

/** The parts of the `/api/status` document that are used. */
const Document = z.object({
  schemaVersion: z.literal(1),
  severity: SeverityName,
  findings: z.array(Finding),
  clients: z.array(Client),
  disabled: z.optional(z.array(z.object({ client: z.string() }))),
});

type Client = z.infer<typeof Client>;

/** The part of a client's report that is used. Keys that the JSON lacks are absent, and never undefined. */
export interface RemoteClient extends Pick<
  Client,
  'client' | 'severity' | 'reportedAt' | 'backends' | 'protection'
> {
  readonly findings: readonly OverallFinding[];
}

export interface RemoteStatus {
  readonly severity: Severity;
  readonly findings: readonly OverallFinding[];
  readonly clients: readonly RemoteClient[];
  /** absent when there is none */
  readonly disabled?: readonly { readonly client: string }[];
}

/** How long a daemon may take to answer, in milliseconds. */
const ANSWER_MS = 10_000;

/**
 * Fetches the status of a daemon over HTTP; rejects with an UnavailableError that says why it is unknown.
 *
 * @param base where it listens, as `http://127.0.0.1:10987/`
 */
export async function fetchStatus(base: URL, signal: AbortSignal): Promise<RemoteStatus> {
  const url = new URL('api/status', base.href.endsWith('/') ? base : `${base.href}/`);
  const { response, body } = await answerOf(url, signal);
  if (!response.ok)
    throw unavailable(
      `${url.href} answered ${response.status} ${STATUS_CODES[response.status] ?? ''}`.trim(),
    );
  const status = Document.safeParse(body);
  if (!status.success) throw unavailable(`${url.href} did not answer like backup-syncd`);
  return status.data as RemoteStatus;
}

async function answerOf(
  url: URL,
  signal: AbortSignal,
): Promise<{ readonly response: Response; readonly body: unknown }> {
  const deadline = withDeadline(signal, ANSWER_MS);
  try {
    const response = await fetch(url, { signal: deadline });
    const text = await response.text();
    return { response, body: parseJson(text) };
  } catch (error) {
    const { cause = error } = error as Error;
    if (deadline.aborted)
      throw unavailable(`${url.href} did not answer within ${ANSWER_MS / 1000} s`);
    throw unavailable(`no daemon answers at ${url.href}: ${errorMessage(cause)}`);
  }
}

function unavailable(message: string): UnavailableError {
  return new UnavailableError('unavailable', message);
}
