import { createHash } from 'node:crypto';

/**
 * Key files as restic writes them: a flat JSON object. restic reads all keys of a repository until one opens with the
 * password, and gives up at the first one that it cannot parse: one malformed file locks everyone out.
 * Source: restic's internal/repository/key.go (LoadKey, OpenKey, SearchKey) and internal/crypto/kdf.go.
 */

/** A real key has about 450 bytes. */
export const LONGEST_KEY_FILE = 4 * 1024;
/** New keys beyond this number wait: restic tries 20 and then gives up, and there must be room for a new one. */
export const MOST_KEYS = 15;
/** restic's `maxKeys`. With more keys, it is random which ones it tries. */
export const MOST_KEYS_RESTIC_TRIES = 20;

const LARGEST_N = 2 ** 20;
const LARGEST_FACTOR = 64;
/** scrypt takes 128·N·r bytes; restic's own keys take 32 MiB. More than this would kill every restic that opens the replica. */
const MOST_MEMORY = 2 ** 30;
const SALT_BYTES = 64;
const LEAST_DATA_BYTES = 48;
const NONCE_BYTES = 16;

/** Describes what is wrong with a key file, in words that complete "keys/ID …"; undefined if restic can read it. Pure. */
export function keyFileProblem(id: string, content: Buffer): string | undefined {
  if (content.length > LONGEST_KEY_FILE) return `has more than ${LONGEST_KEY_FILE} bytes`;
  if (createHash('sha256').update(content).digest('hex') !== id)
    return 'does not match its name: its content has another SHA-256';
  const text = content.toString('utf8');
  const key = parseFlat(text);
  if (key === undefined) return 'is not a flat JSON object in which each name occurs once';
  return fieldProblem(key);
}

type Fields = Readonly<Record<string, unknown>>;

function fieldProblem(key: Fields): string | undefined {
  return costProblem(key) ?? secretProblem(key) ?? ownerProblem(key);
}

function costProblem({ kdf, N, r, p }: Fields): string | undefined {
  if (kdf !== 'scrypt') return 'has a kdf other than scrypt';
  if (!isWhole(N, LARGEST_N) || N < 2 || (N & (N - 1)) !== 0)
    return 'has an N that is not a power of two up to 2^20';
  if (!isWhole(r, LARGEST_FACTOR) || !isWhole(p, LARGEST_FACTOR))
    return `has an r or p that is not between 1 and ${LARGEST_FACTOR}`;
  return 128 * N * r > MOST_MEMORY ? 'would take more than 1 GiB of memory to open' : undefined;
}

function secretProblem({ salt, data }: Fields): string | undefined {
  if (bytesOf(salt)?.length !== SALT_BYTES) return `has no salt of ${SALT_BYTES} bytes in base64`;
  const cipher = bytesOf(data);
  if (cipher === undefined || cipher.length < LEAST_DATA_BYTES)
    return `has no data of at least ${LEAST_DATA_BYTES} bytes in base64`;
  const isNonceEmpty = cipher.subarray(0, NONCE_BYTES).every((byte) => byte === 0);
  return isNonceEmpty ? 'has data with an empty nonce, which restic refuses' : undefined;
}

function ownerProblem({ created, username, hostname }: Fields): string | undefined {
  if (![username, hostname].every(isTextOrAbsent))
    return 'has a username or hostname that is not text';
  return isTimeOrAbsent(created) ? undefined : 'has a created time that is not in RFC 3339 format';
}

/**
 * Go's decoder differs from JSON.parse: it ignores the case of names, reports errors in each of several fields with one name, and
 * accepts no fraction or exponent for an integer. So none of these is accepted.
 */
function parseFlat(text: string): Fields | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  if (Object.values(value).some((field) => typeof field === 'object' && field !== null))
    return undefined;
  const outside = text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
  const names = new Set(Object.keys(value).map(fold));
  const isEachOnce = names.size === outside.split(':').length - 1;
  return isEachOnce && !/\d[.eE]/.test(outside) ? (value as Fields) : undefined;
}

/** Compares names like Go: 'ſ' equals 's', the Kelvin sign equals 'k'. */
function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

function isWhole(value: unknown, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most;
}

function bytesOf(text: unknown): Buffer | undefined {
  if (typeof text !== 'string' || text.length % 4 !== 0) return undefined;
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string';
}

const RFC_3339 =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

function isTimeOrAbsent(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  const [, year, month, day] = typeof value === 'string' ? (RFC_3339.exec(value) ?? []) : [];
  if (year === undefined) return false;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}
