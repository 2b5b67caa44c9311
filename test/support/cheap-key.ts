import { createCipheriv, createDecipheriv, createHash, randomBytes, scryptSync } from 'node:crypto';
import { chmodSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** restic itself chooses what takes half a second of computing: in each command of each test. */
const CHEAP = { N: 1024, r: 8, p: 1 };

/** The content of a key file, without who made it and when. Bytes are in base64. */
interface KeyFile {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: string;
  readonly data: string;
}

interface Keys {
  /** of AES-256 */
  readonly encrypt: Buffer;
  /** of Poly1305-AES: 16 bytes for AES-128, and the factor r */
  readonly mac: { readonly k: Buffer; readonly r: Buffer };
}

/**
 * Replaces the only key of a repository by one for the same password whose scrypt costs next to nothing. restic accepts any
 * cost that a key file names (its design document, "Keys, Encryption and MAC").
 */
export function cheapenKey(repository: string, password: string): void {
  const folder = join(repository, 'keys');
  const [name, ...others] = readdirSync(folder);
  if (name === undefined || others.length > 0) throw new Error(`${folder} has not one key`);
  const file = JSON.parse(readFileSync(join(folder, name), 'utf8')) as KeyFile;
  const master = decrypt(Buffer.from(file.data, 'base64'), deriveKeys(password, file));
  const cheap = { ...file, ...CHEAP, salt: randomBytes(64).toString('base64') };
  const data = encrypt(master, deriveKeys(password, cheap)).toString('base64');
  const content = JSON.stringify({ ...cheap, data });
  rmSync(join(folder, name), { force: true });
  const path = join(folder, createHash('sha256').update(content).digest('hex'));
  writeFileSync(path, content);
  chmodSync(path, 0o400);
}

function deriveKeys(password: string, { N, r, p, salt }: KeyFile): Keys {
  const options = { N, r, p, maxmem: 256 * N * r };
  const bytes = scryptSync(password, Buffer.from(salt, 'base64'), 64, options);
  return {
    encrypt: bytes.subarray(0, 32),
    mac: { k: bytes.subarray(32, 48), r: bytes.subarray(48, 64) },
  };
}

/** 16 bytes of nonce, the content, 16 bytes of MAC. */
function encrypt(content: Buffer, keys: Keys): Buffer {
  const nonce = randomBytes(16);
  const cipher = createCipheriv('aes-256-ctr', keys.encrypt, nonce);
  const text = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([nonce, text, authenticate(text, nonce, keys)]);
}

function decrypt(sealed: Buffer, keys: Keys): Buffer {
  const [nonce, text] = [sealed.subarray(0, 16), sealed.subarray(16, -16)];
  if (!authenticate(text, nonce, keys).equals(sealed.subarray(-16)))
    throw new Error('wrong password, or not what restic encrypted');
  const decipher = createDecipheriv('aes-256-ctr', keys.encrypt, nonce);
  return Buffer.concat([decipher.update(text), decipher.final()]);
}

/** Poly1305-AES (D. J. Bernstein, 2005): a polynomial in r modulo 2^130 - 5, plus AES of the nonce. */
function authenticate(text: Buffer, nonce: Buffer, { mac }: Keys): Buffer {
  const factor = toNumber(mac.r) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
  const prime = 2n ** 130n - 5n;
  let sum = 0n;
  for (let at = 0; at < text.length; at += 16) {
    const block = Buffer.concat([text.subarray(at, at + 16), Buffer.of(1)]);
    sum = ((sum + toNumber(block)) * factor) % prime;
  }
  const cipher = createCipheriv('aes-128-ecb', mac.k, null).setAutoPadding(false);
  const tag = (sum + toNumber(cipher.update(nonce))) % 2n ** 128n;
  return Buffer.from(tag.toString(16).padStart(32, '0'), 'hex').reverse();
}

/** Least significant byte first. */
function toNumber(bytes: Buffer): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}
