import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { keyFileProblem } from '../../../src/repository/key-file.ts';
import { keyFile } from '../../support/key-file.ts';
import { sha256 } from '../../support/memory-location.ts';

function problemOf(content: string | Buffer): string | undefined {
  return keyFileProblem(sha256(content), Buffer.from(content));
}

const base64 = (bytes: number) => Buffer.alloc(bytes, 7).toString('base64');

test.each<[string, Record<string, unknown>]>([
  ['as restic writes it', {}],
  ['at the largest N', { N: 2 ** 20, p: 1 }],
  ['at the smallest of everything', { N: 2, r: 1, p: 1, data: base64(48) }],
  ['at the largest r and p', { r: 64, p: 64 }],
  [
    'without what says whose it is',
    { username: undefined, hostname: undefined, created: undefined },
  ],
  ['with another zone', { created: '2024-02-29T23:59:59+05:30' }],
  ['with a name that nobody knows yet', { note: 'new' }],
])('a key %s is well-formed', (_name, fields) => {
  expect(problemOf(keyFile(fields))).toBeUndefined();
});

const real = keyFile();
test.each<[string, string]>([
  ['empty', ''],
  ['null', 'null'],
  ['a list', '[]'],
  ['no JSON', 'garbage'],
  ['cut short', real.slice(0, -1)],
  ['more than one value', `${real}{}`],
  ['longer than 4 KiB', keyFile({ username: 'x'.repeat(4_096) })],
  ['of another kdf', keyFile({ kdf: 'argon2' })],
  ['with an N of 1', keyFile({ N: 1 })],
  ['with an N of 0', keyFile({ N: 0 })],
  ['with a negative N', keyFile({ N: -32_768 })],
  ['with an N that is no power of two', keyFile({ N: 32_769 })],
  ['with a huge N', keyFile({ N: 2 ** 21 })],
  ['with an N beyond 32 bits', keyFile({ N: 2 ** 40 })],
  ['with an N as text', keyFile({ N: '32768' })],
  ['with an N as a fraction', real.replace('32768', '32768.0')],
  ['with an N as an exponent', real.replace('32768', '1048576e0')],
  ['with an r of 0', keyFile({ r: 0 })],
  ['with an r of 65', keyFile({ r: 65 })],
  ['with a p of 65', keyFile({ p: 65 })],
  ['that takes more than a GiB', keyFile({ N: 2 ** 20, r: 64, p: 1 })],
  ['with a short salt', keyFile({ salt: base64(63) })],
  ['with a long salt', keyFile({ salt: base64(65) })],
  ['without a salt', keyFile({ salt: undefined })],
  ['with a salt that is no base64', keyFile({ salt: '*'.repeat(88) })],
  ['with short data', keyFile({ data: base64(47) })],
  ['with data as a list', keyFile({ data: [1, 2, 3] })],
  ['with an empty nonce', keyFile({ data: Buffer.alloc(160).toString('base64') })],
  ['that restic cannot date', keyFile({ created: 'yesterday' })],
  ['of a day that there is not', keyFile({ created: '2023-02-29T00:00:00Z' })],
  ['whose user is a number', keyFile({ username: 1 })],
  ['with a second N', real.replace('"N":32768', '"N":"x","N":32768')],
  ['with an n beside its N', real.replace('"N":32768', '"N":32768,"n":1099511627776')],
  ['with a ſalt beside its salt', real.replace('"salt"', '"ſalt":"","salt"')],
  ['with something nested', keyFile({ extra: {} })],
  ['with a byte order mark', `\uFEFF${real}`],
])('a file that is %s is refused', (_name, content) => {
  expect(problemOf(content)).toEqual(expect.any(String));
});

test('content that does not match the name is refused', () => {
  expect(keyFileProblem('0'.repeat(64), Buffer.from(real))).toContain('does not match its name');
});

interface Fields {
  readonly kdf: string;
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: string;
  readonly data: string;
}

describe('any bytes', () => {
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 5_000 }).map((bytes) => Buffer.from(bytes)),
    fc.json({ maxDepth: 4 }).map((text) => Buffer.from(text)),
    fc
      .record({
        kdf: fc.constantFrom('scrypt', 'SCRYPT', null),
        N: fc.oneof(fc.integer(), fc.double(), fc.constant(32_768)),
        r: fc.oneof(fc.integer(), fc.constant(8)),
        p: fc.oneof(fc.integer(), fc.constant(1)),
        salt: fc.oneof(fc.base64String(), fc.anything(), fc.constant(base64(64))),
        data: fc.oneof(fc.base64String(), fc.anything(), fc.constant(base64(160))),
      })
      .map((fields) => Buffer.from(JSON.stringify(fields))),
    fc
      .tuple(fc.nat(real.length - 1), fc.nat(255))
      .map(([at, byte]) => Buffer.from(real).fill(byte, at, at + 1)),
  );

  test('it never throws, and a strict reader gives the same result for what it accepts', () => {
    fc.assert(
      fc.property(hostile, (content) => {
        if (problemOf(content) !== undefined) return;
        const { kdf, N, r, p, salt, data } = JSON.parse(content.toString()) as Fields;
        expect(kdf).toBe('scrypt');
        expect(Math.log2(N) % 1).toBe(0);
        expect(128 * N * r).toBeLessThanOrEqual(2 ** 30);
        expect(p).toBeLessThanOrEqual(64);
        expect(Buffer.from(salt, 'base64')).toHaveLength(64);
        expect(Buffer.from(data, 'base64').length).toBeGreaterThanOrEqual(48);
        expect(content.length).toBeLessThanOrEqual(4_096);
      }),
      { numRuns: 500 },
    );
  });
});
