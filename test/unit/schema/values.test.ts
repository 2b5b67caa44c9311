import { describe, expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import {
  describeInvalid,
  duration,
  durationOrOff,
  path,
  rate,
  size,
} from '../../../src/schema/values.ts';

const meta = { description: 'a value' };

/** The value that a schema makes of a text, or the problem that it reports. */
function read(schema: z.ZodMiniType, input: unknown): unknown {
  const result = schema.safeParse(input);
  return result.success
    ? result.data
    : result.error.issues.map(({ message }) => message).join('; ');
}

describe('a value is read once, into what the program works with', () => {
  test.each([
    ['a duration', duration({ ...meta, example: '1h', minMs: 1000 }), '90m', 5_400_000],
    ['off', durationOrOff({ ...meta, example: '1h', minMs: 1000 }), 'off', null],
    ['a size', size({ ...meta, example: '1GiB' }), '2MiB', 2_097_152],
    ['a rate', rate({ ...meta, example: '4MiB/s' }), '4MiB/s', 4_194_304],
    ['a path', path({ ...meta, template: true }), '/mnt//nas/./{client}/', '/mnt/nas/{client}'],
    ['the root', path({ ...meta, template: false }), '/', '/'],
  ] as const)('%s', (...[, schema, input, value]) => {
    expect(read(schema, input)).toEqual(value);
  });
});

describe('an error says what was written, and what would be right', () => {
  test.each([
    [
      'a duration without a unit',
      duration({ ...meta, example: '1h', minMs: 1000 }),
      '90',
      /^"90" is not a duration; .*e\.g\. 1h$/,
    ],
    [
      'one that is too short',
      duration({ ...meta, example: '1h', minMs: 1000 }),
      '1ms',
      /^"1ms" is (?:not a duration|too short)/,
    ],
    [
      'one that is too long',
      duration({ ...meta, example: '1h', minMs: 1, maxMs: 60_000 }),
      '2m',
      /^"2m" is too long; at most 1m(?:in)?$/,
    ],
    [
      'a rate that moves nothing',
      rate({ ...meta, example: '4MiB/s' }),
      '1B/s',
      /is too slow; at least 1KiB\/s$/,
    ],
    ['a relative path', path({ ...meta, template: true }), 'mnt', /^"mnt" is not an absolute path/],
    [
      'a foreign template',
      path({ ...meta, template: true }),
      '/{host}',
      /unknown template \{host\}/,
    ],
    [
      'a template where there is no client',
      path({ ...meta, template: false }),
      '/{client}',
      /allowed only/,
    ],
  ] as const)('%s', (...[, schema, input, message]) => {
    expect(read(schema, input)).toMatch(message);
  });

  test.each([
    [undefined, 'is missing; it must be a path'],
    [null, 'has no value; it must be a path'],
    [[1], 'a list is not a path'],
    [{}, 'a map is not a path'],
    [3, '3 is not a path'],
    ['https://user:secret@host/', '"https://…" is not a path'],
  ])('%j', (input, message) => {
    expect(describeInvalid(input, 'a path')).toBe(message);
  });

  test('long texts are cut', () => {
    expect(describeInvalid('x'.repeat(1_000), 'a path').length).toBeLessThan(140);
  });
});
