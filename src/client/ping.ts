import type { OwnFiles } from '../files/own-files.ts';
import { unlessAborted } from '../runtime/abort.ts';

/** More than any URL takes, in bytes. */
const MOST_BYTES = 64 * 1024;

/** Why a ping failed. Its message never holds any part of the URL. */
export class PingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PingError';
  }
}

/** Fetches the URL in a file, which is read each time; rejects with a PingError unless the response is 2xx. */
export async function ping(urlFile: string, files: OwnFiles, signal: AbortSignal): Promise<void> {
  const url = parseUrl(await readUrl(urlFile, files, signal), urlFile);
  const response = await fetchQuietly(url, signal);
  await response.body?.cancel().catch(() => undefined);
  if (response.ok) return;
  const hint =
    response.status >= 300 && response.status < 400
      ? ': redirects are not followed; write the address that it redirects to'
      : '';
  throw new PingError(`the service answered ${response.status}${hint}`);
}

async function readUrl(file: string, files: OwnFiles, signal: AbortSignal): Promise<string> {
  try {
    const read = files.call('read', { path: file, maxBytes: MOST_BYTES });
    const content = await unlessAborted(read, signal);
    if (content !== undefined) return Buffer.from(content).toString().trim();
    throw Object.assign(new Error(), { code: 'ENOENT' });
  } catch (error) {
    const { code = 'timeout' } = error as NodeJS.ErrnoException;
    throw new PingError(`cannot read ${file} (${code})`);
  }
}

/** The errors of URL and fetch quote their input. */
function parseUrl(text: string, file: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new PingError(`${file} does not hold a URL that begins with https:// or http://`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new PingError(
      `the URL in ${file} contains a user name or password, which cannot be sent`,
    );
  }
  return url;
}

async function fetchQuietly(url: URL, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, {
      redirect: 'manual',
      signal,
      headers: { 'user-agent': 'backup-syncd' },
    });
  } catch (error) {
    const { name, cause } = error as Error;
    if (name === 'TimeoutError') throw new PingError('the service did not answer in time');
    const { code = name } = (cause ?? {}) as { code?: string };
    throw new PingError(`the service cannot be reached (${code})`);
  }
}
