import { describe, expect, test } from '@jest/globals';
import { SyncdError, type Reason } from '../../../../src/runtime/errors.ts';
import * as args from '../../../../src/locations/rclone/arguments.ts';
import { blame } from '../../../../src/locations/rclone/blame.ts';
import { classifyFailure } from '../../../../src/locations/rclone/classify.ts';
import { rcloneEnvironment } from '../../../../src/locations/rclone/environment.ts';
import { readFeatures } from '../../../../src/locations/rclone/features.ts';
import { LineSplitter } from '../../../../src/runtime/line-splitter.ts';
import { ListingBuilder, readEntry } from '../../../../src/locations/rclone/listing.ts';
import { readLogLine, scrub } from '../../../../src/locations/rclone/log-lines.ts';

const asked = { label: 'b2:bucket/ahost', verb: 'copy' };

describe('features decide how objects get their names', () => {
  const features = (names: Record<string, boolean>) => JSON.stringify({ Features: names });

  test.each([
    ['an object store', { BucketBased: true, Move: false, About: false }, 'direct', false],
    ['files, by rename', { BucketBased: false, Move: true, About: true }, 'staged', true],
    ['partial files are not relied on', { Move: true, PartialUploads: true }, 'staged', false],
  ] as const)('%s', (...[, names, placing, tellsSpace]) => {
    expect(readFeatures(features(names), 'x:')).toMatchObject({ placing, tellsSpace });
  });

  test.each([
    ['S3 bucket bucket path ahost', true],
    ["Encrypted drive 's3:bucket/ahost'", false],
    ['B2 bucket bucket path ahost', false],
  ])('%s: refuses what is damaged on its way: %s', (name, refusesDamaged) => {
    const json = JSON.stringify({ String: name, Features: { BucketBased: true } });
    expect(readFeatures(json, 'x:')).toMatchObject({ refusesDamaged });
  });

  test.each(['{"Features":{"Copy":true}}', 'no JSON'])('%s: refused', (json) => {
    expect(() => readFeatures(json, 'x:')).toThrow(/neither atomic uploads nor renames/);
  });

  test('a place that is only read needs no write features', () => {
    expect(readFeatures(features({}), 'x:', { isOnlyRead: true })).toMatchObject({
      placing: 'staged',
    });
  });
});

describe('each complaint of rclone has a reason', () => {
  test.each([
    ['unreachable', 'dial tcp 127.0.0.1:9: connect: connection refused'],
    ['unreachable', 'https response error StatusCode: 503, ServiceUnavailable'],
    ['unreachable', 'SlowDown: Please reduce your request rate. status code: 503'],
    ['unreachable', 'googleapi: Error 403: User rate limit exceeded., userRateLimitExceeded'],
    ['auth', 'InvalidAccessKeyId: The Access Key Id you provided does not exist. status code: 403'],
    [
      'auth',
      'ssh: handshake failed: ssh: unable to authenticate, attempted methods [none password]',
    ],
    ['auth', "couldn't fetch token: invalid_grant"],
    ['auth', '401 Unauthorized: 401 Unauthorized'],
    ['permission', 'AccessDenied: Access Denied. status code: 403, request id: 1'],
    ['permission', 'open /srv/x: permission denied'],
    ['no_space', 'write /srv/x: no space left on device'],
    [
      'no_space',
      'googleapi: Error 403: The storage quota has been exceeded., storageQuotaExceeded',
    ],
    ['no_space', 'Insufficient: 507 Insufficient Storage'],
    ['tool', 'corrupted on transfer: sizes differ src(403) 403 vs dst 91507 507'],
    ['tool', 'corrupted on transfer: sizes differ 401 vs 503'],
    ['not_initialised', 'directory not found'],
    ['not_initialised', 'NoSuchBucket: The specified bucket does not exist. status code: 404'],
    [
      'not_initialised',
      `Failed to create file system for "b2:x": didn't find section in config file`,
    ],
    ['tool', 'something that nobody has seen'],
    ['tool', 'setpriv: failed to execute rclone: No such file or directory'],
  ])('%s: %s', (reason, line) => {
    const failure = classifyFailure([line], asked);

    expect(failure.reason).toBe(reason);
    expect(failure.hint).not.toBe('');
    expect(failure.message).toContain('b2:bucket/ahost');
  });

  test('only what is not there may be missing', () => {
    const of = (line: string) => classifyFailure([line], asked).isNotFound;

    expect(of('NoSuchKey: The specified key does not exist.\n\tstatus code: 404')).toBe(true);
    expect(of('object not found')).toBe(true);
    expect(of('AccessDenied: 403')).toBe(false);
    expect(
      classifyFailure(['dial tcp: connection refused', 'directory not found'], asked),
    ).toMatchObject({
      isNotFound: false,
      reason: 'unreachable',
    });
  });

  test('no secret gets into a message (I10)', () => {
    const said = classifyFailure(
      ['dial tcp https://me:hunter2@host/x?X-Amz-Signature=abcdef&secret_access_key=TOPSECRET'],
      asked,
    );

    expect(said.message).not.toMatch(/hunter2|abcdef|TOPSECRET/);
    expect(scrub('{"token":"abc"} pass word')).not.toContain('abc');
  });
});

describe('a failure at the source is not blamed on a backend', () => {
  const failed = (reason: Reason) => new SyncdError(reason, 'why', 'what to do');

  test.each([
    ['source', 'auth', 'source_unavailable'],
    ['source', 'unreachable', 'source_unavailable'],
    ['source', 'tool', 'source_unavailable'],
    ['source', 'timeout', 'timeout'],
    ['source', 'no_space', 'no_space'],
    ['backend', 'auth', 'auth'],
    ['verified', 'auth', 'auth'],
  ] as const)('%s, %s: %s', (role, reason, blamed) => {
    expect(blame(failed(reason), role)).toMatchObject({
      reason: blamed,
      message: 'why',
      hint: 'what to do',
    });
  });

  test('foreign errors pass unchanged', () => {
    const error = new Error('a bug');

    expect(blame(error, 'source')).toBe(error);
    expect(blame(undefined, 'source')).toBeUndefined();
  });
});

describe('log lines', () => {
  test.each([
    ['{"level":"info","msg":"Copied (new)","object":"data/ab/x"}', 'transferred'],
    ['{"level":"info","msg":"Multi-thread Copied (new)","object":"x"}', 'transferred'],
    ['{"level":"info","msg":"x","stats":{"bytes":1,"checks":0,"transfers":2}}', 'stats'],
    ['{"level":"error","msg":"Failed to copy: x","object":"y"}', 'error'],
    ['{"level":"notice","msg":"Failed to cat: object not found"}', 'error'],
    ['2026/11/24 21:52:34 Failed to lsjson: nothing', 'error'],
    ['2026/11/24 21:21:54 NOTICE: sftp: No host key validation', 'other'],
    ['{"level":"debug","msg":"x"}', 'other'],
    ['{"level":', 'other'],
    ['', 'other'],
  ])('%s', (line, type) => {
    expect(readLogLine(line).type).toBe(type);
  });

  test('stats say whether anything has moved', () => {
    const of = (bytes: number, elapsed: number) =>
      readLogLine(`{"msg":"","stats":{"bytes":${bytes},"elapsedTime":${elapsed}}}`);

    expect(of(1, 2)).toEqual(of(1, 9));
    expect(of(1, 2)).not.toEqual(of(2, 2));
  });

  test('are cut wherever the pieces end', () => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line), 1_000);
    for (const byte of Buffer.from('größe\n\nzwei\ndrei')) splitter.push(Buffer.from([byte]));
    splitter.end();

    expect(lines).toEqual(['größe', '', 'zwei', 'drei']);
  });
});

describe('listings', () => {
  const id = 'ab'.padEnd(64, '0');

  test('an entry a line; brackets are none', () => {
    expect(['[', ']', ''].map(readEntry)).toEqual([undefined, undefined, undefined]);
    expect(
      readEntry(`{"Path":"ab/${id}","Name":"x","Size":7,"ModTime":"","IsDir":false},`),
    ).toEqual({
      path: `ab/${id}`,
      size: 7,
      mtimeMs: NaN,
    });
  });

  test('names that restic would not accept are counted', () => {
    const builder = new ListingBuilder('data');
    for (const path of [`ab/${id}`, `cd/${id}`, id, `ab/${id}.1a2b3c4d.partial`])
      builder.add({ path, size: 7, mtimeMs: NaN });
    const { objects, ignored } = builder.build();

    expect([...objects.entries()]).toEqual([{ id, size: 7 }]);
    expect(ignored).toBe(3);
  });
});

describe('the environment of a process', () => {
  test('every list of names is read from standard input, and never looked up by listing', () => {
    for (const list of [
      args.catListed('r:'),
      args.statListed('r:'),
      args.copyListed('/a/', 'r:', { refusesDamaged: false }),
      args.moveListed('r:t/', 'r:', { checks: false }),
    ]) {
      expect(list.join(' ')).toContain('--files-from-raw - --no-traverse');
    }
  });

  test('a rate in bytes', () => {
    expect(args.withCommon(['copy'], 4_194_304)).toEqual(
      expect.arrayContaining(['--bwlimit', '4194304B', '--retries', '1']),
    );
    expect(args.withCommon(['copy'], undefined)).not.toContain('--bwlimit');
  });

  test('an environment of what it needs', () => {
    const given = {
      PATH: '/bin',
      RCLONE_CONFIG_B2_TYPE: 'b2',
      RCLONE_CONFIG_PASS: 'x',
      AWS_PROFILE: 'p',
      https_proxy: 'p',
      AWS_CA_BUNDLE: '/x',
      RESTIC_PASSWORD: 'y',
      RCLONE_VERBOSE: '2',
    };

    const env = rcloneEnvironment(given, '/etc/rclone.conf');

    expect(env).toMatchObject({
      PATH: '/bin',
      RCLONE_CONFIG_B2_TYPE: 'b2',
      RCLONE_CONFIG_PASS: 'x',
      AWS_PROFILE: 'p',
      https_proxy: 'p',
      RCLONE_CONFIG: '/etc/rclone.conf',
    });
    expect(Object.keys(env)).not.toEqual(expect.arrayContaining(['AWS_CA_BUNDLE']));
    expect(env).not.toHaveProperty('RESTIC_PASSWORD');
    expect(env).not.toHaveProperty('RCLONE_VERBOSE');
    expect(rcloneEnvironment(given, undefined)['RCLONE_CONFIG']).toBe('/dev/null');
  });
});

test('a signed URL is quoted without what signs it (I10)', () => {
  const line =
    'Put "https://acc.blob.core.windows.net/c/o?sv=2022&sig=AbCd%3D&se=x": dial tcp: i/o timeout';

  expect(scrub(line)).not.toContain('AbCd');
  expect(scrub('Get "https://host/o?tempauth=eyJ0.a": EOF')).not.toContain('eyJ0');
});
