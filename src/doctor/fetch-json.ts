import { STATUS_CODES } from 'node:http';
import { withDeadline } from '../runtime/abort.ts';
import { parseJson } from '../runtime/parse-json.ts';
import { errorMessage } from '../runtime/system-error.ts';

/** How long one answer may take, in milliseconds. */
const ANSWER_MS = 10_000;
/** The answer of a Prometheus about thousands of rules and targets is smaller. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Why there is no answer that can be used. */
export class NoAnswerError extends Error {
  /** nothing listens there */
  readonly isRefused: boolean;
  readonly status: number | undefined;

  constructor(
    message: string,
    { isRefused = false, status }: { isRefused?: boolean; status?: number } = {},
  ) {
    super(message);
    this.name = 'NoAnswerError';
    this.isRefused = isRefused;
    this.status = status;
  }
}

export interface FetchedText {
  readonly text: string;
  /** of the server, milliseconds since the epoch; undefined if it does not say */
  readonly serverTime: number | undefined;
}

/** Fetches a text of limited size within a deadline. Rejects with a NoAnswerError. */
export async function fetchText(
  url: URL,
  signal: AbortSignal,
  answerMs = ANSWER_MS,
): Promise<FetchedText> {
  const deadline = withDeadline(signal, answerMs);
  try {
    const response = await fetch(url, { signal: deadline });
    const { status } = response;
    if (!response.ok) {
      await response.body?.cancel();
      const message = `${url.href} answered ${status} ${STATUS_CODES[status] ?? ''}`.trim();
      throw new NoAnswerError(message, { status });
    }
    const date = Date.parse(response.headers.get('date') ?? '');
    const serverTime = Number.isNaN(date) ? undefined : date;
    return { text: await readLimited(response, url), serverTime };
  } catch (error) {
    if (error instanceof NoAnswerError) throw error;
    if (deadline.aborted)
      throw new NoAnswerError(`${url.href} did not answer within ${answerMs / 1000} s`);
    const { cause = error } = error as Error;
    const isRefused = (cause as { code?: unknown }).code === 'ECONNREFUSED';
    throw new NoAnswerError(`nothing answers at ${url.href}: ${errorMessage(cause)}`, {
      isRefused,
    });
  }
}

/** Fetches a text and parses it; undefined if it is not JSON. */
export async function fetchJson(
  url: URL,
  signal: AbortSignal,
): Promise<{ readonly body: unknown; readonly serverTime: number | undefined }> {
  const { text, serverTime } = await fetchText(url, signal);
  return { body: parseJson(text), serverTime };
}

async function readLimited(response: Response, url: URL): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> = response.body ?? new ReadableStream();
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new NoAnswerError(`${url.href} answers without an end`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
