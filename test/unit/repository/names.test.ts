import { expect, test } from '@jest/globals';
import {
  HASHED_KINDS,
  isObjectId,
  KINDS,
  objectPath,
  parseObjectPath,
} from '../../../src/repository/names.ts';

const ID = '0123456789abcdef'.repeat(4);

test('an object id is 64 lower-case hexadecimal digits', () => {
  expect(isObjectId(ID)).toBe(true);
});

test.each([
  ['', 'nothing'],
  [ID.slice(1), 'a digit short'],
  [`${ID}0`, 'a digit long'],
  [ID.toUpperCase(), 'upper case'],
  [`${ID}\n`, 'a line break after it'],
  [`\n${ID}`, 'a line break before it'],
  [`${ID.slice(1)}g`, 'another letter'],
  [`${ID.slice(1)}０`, 'a full-width digit'],
  [`${ID}.tmp`, 'a temporary file of rest-server'],
  [`${ID}-tmp-123`, 'a temporary file of restic'],
  [`${ID}.partial`, 'a partial file of rclone'],
  [`.${ID}`, 'a hidden file'],
  [`../${ID.slice(3)}`, 'a path'],
])('%j is not one (%s)', (text) => {
  expect(isObjectId(text)).toBe(false);
});

test('objects stand where restic keeps them', () => {
  expect(HASHED_KINDS.map((kind) => objectPath(kind, ID))).toEqual([
    `keys/${ID}`,
    `data/01/${ID}`,
    `index/${ID}`,
    `snapshots/${ID}`,
  ]);
});

test('a lock cannot be expressed as an object', () => {
  expect(KINDS).not.toContain('locks');
});

test.each(HASHED_KINDS)('the path of an object is parsed as it is written (%s)', (kind) => {
  expect(parseObjectPath(objectPath(kind, ID))).toEqual({ kind, id: ID });
});

test.each([
  'config',
  ID,
  `locks/${ID}`,
  `data/${ID}`,
  `data/ab/${ID}`,
  `data/01/${ID}/`,
  `/index/${ID}`,
  `./index/${ID}`,
  `index//${ID}`,
  `index/./${ID}`,
  `index/x/../${ID}`,
  `../index/${ID}`,
  `data/../index/${ID}`,
  `index/${ID}\r`,
  `index/${ID}\0`,
  `Index/${ID}`,
  `index/${ID.toUpperCase()}`,
  'index/..',
  'data/01/../../../config',
])('%j is the path of no object', (path) => {
  expect(parseObjectPath(path)).toBeUndefined();
});
