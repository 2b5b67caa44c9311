import { expect, test } from '@jest/globals';
import { remote } from '../../../../src/kinds/rclone/remote.ts';

const schema = remote({ description: 'A remote.', examples: [] });

test.each([
  ['b2:bucket/{client}', 'b2:bucket/{client}'],
  ['b2:bucket/', 'b2:bucket'],
  ['local:/', 'local:/'],
  ['my_remote-1:', 'my_remote-1:'],
])('%s is a remote', (text, value) => {
  expect(schema.parse(text)).toBe(value);
});

test.each([
  ['/mnt/nas', /is not an rclone remote/],
  [':s3,access_key_id=AKIA:bucket', /is a connection string/],
  ['s3,secret_access_key=hunter2:bucket', /is a connection string/],
  ['b2:../other', /is not a path without/],
  ['b2:{host}', /unknown template \{host\}/],
  ['b2:a\nb', /control character/],
])('%j is refused, and a secret in it is not repeated', (text, message) => {
  const { error } = schema.safeParse(text);
  expect(error?.issues.map((issue) => issue.message)).toEqual([expect.stringMatching(message)]);
  expect(JSON.stringify(error?.issues.map((issue) => issue.message))).not.toMatch(/AKIA|hunter2/);
});
