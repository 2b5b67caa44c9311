import type { Reason } from '../../runtime/errors.ts';
import { scrub } from './log-lines.ts';

export interface Failure {
  readonly reason: Reason;
  /** nothing is there, which is not an error if something may be missing */
  readonly isNotFound: boolean;
  readonly message: string;
  readonly hint: string;
}

interface Rule {
  readonly pattern: RegExp;
  readonly reason: Reason;
  readonly hint: string;
}

const NOT_FOUND =
  /directory not found|object not found|NoSuchKey|NoSuchBucket|bucket.*(?:does not exist|not found)|file does not exist|no such file or directory|status ?code: 404|404 Not Found/i;

/** The first match wins; rules closest to the cause come first. */
const RULES: readonly Rule[] = [
  {
    pattern: /setpriv: failed to execute|ENOENT|executable file not found/,
    reason: 'tool',
    hint: "install rclone, or put it on the daemon's PATH",
  },
  {
    pattern: /didn't find section in config file|didn't find backend called|unknown type/i,
    reason: 'not_initialised',
    hint: 'define the remote in the file that rcloneConfig names, or in the environment; to list remotes, run: rclone --config FILE listremotes',
  },
  {
    pattern: /decrypt configuration|RCLONE_CONFIG_PASS/i,
    reason: 'auth',
    hint: "the file that rcloneConfig names is encrypted: set RCLONE_CONFIG_PASS to its password in the daemon's environment, or RCLONE_PASSWORD_COMMAND to a program that prints it",
  },
  {
    pattern: /config file|failed to (?:load|read) config/i,
    reason: 'tool',
    hint: 'rclone cannot read its configuration: check rcloneConfig, its owner and its mode',
  },
  {
    pattern:
      /no space left|quota.?exceeded|exceeded.*quota|storageQuota|insufficient.?(?:storage|space)|StorageFull|\b507\b|disk quota/i,
    reason: 'no_space',
    hint: 'free some space there, or raise the quota',
  },
  {
    pattern:
      /\b429\b|SlowDown|Too ?Many ?Requests|rate ?limit|RequestLimitExceeded|throttl|activity_limit/i,
    reason: 'unreachable',
    hint: 'the provider limits the rate of requests; the pass will be retried later. Fewer or slower transfers help (bandwidth)',
  },
  {
    pattern:
      /InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken|TokenRefreshRequired|invalid_grant|unauthorized|\b401\b|unable to authenticate|couldn't fetch token|failed to get token|token expired|knownhosts|host key|no supported methods remain|AuthFailure|RequestTimeTooSkewed|bad password|authentication failed/i,
    reason: 'auth',
    hint: 'check the credentials of the remote: they are wrong, expired or revoked. A running daemon retries by itself',
  },
  {
    pattern:
      /AccessDenied|Access Denied|\b403\b|forbidden|permission denied|read-only file system/i,
    reason: 'permission',
    hint: 'the credentials are valid, but do not allow this: they need permission to list, read and write below the path',
  },
  {
    pattern:
      /connection refused|connection reset|no such host|i\/o timeout|network is unreachable|no route to host|broken pipe|TLS handshake|deadline exceeded|\bEOF\b|dial tcp|Service ?Unavailable|\b50[0234]\b|InternalError|Client\.Timeout|couldn't connect|server misbehaving|send request failed|x509/i,
    reason: 'unreachable',
    hint: 'check the network and the address of the remote. A running daemon retries by itself',
  },
];

/** Classifies rclone's errors into one of our reasons, each with a hint. Pure. */
export function classifyFailure(
  errors: readonly string[],
  { label, verb }: { readonly label: string; readonly verb: string },
): Failure {
  const text = errors.map(withoutSizes).join('\n');
  const isNotFound = NOT_FOUND.test(text);
  const rule = RULES.find(({ pattern }) => pattern.test(text));
  const complaint = scrub(firstTelling(errors, rule?.pattern));
  const message = `rclone ${verb}, ${label}: ${complaint}`;
  if (rule !== undefined) return { ...rule, isNotFound: false, message };
  if (isNotFound) {
    const hint =
      'are the remote and the path right? Nothing is written to a place without a marker';
    return { reason: 'not_initialised', isNotFound, message, hint };
  }
  return {
    reason: 'tool',
    isNotFound,
    message,
    hint: 'the pass will be retried; to find out more, run the same command by hand',
  };
}

/** Different sizes are not a status code, even if one of them is 403. */
function withoutSizes(error: string): string {
  return error.replaceAll(/sizes differ.*/g, 'sizes differ');
}

/** The line that decided the class, on one line and not too long. */
function firstTelling(errors: readonly string[], pattern: RegExp | undefined): string {
  const line =
    errors.find((error) => pattern?.test(withoutSizes(error)) ?? true) ??
    'it failed without a message';
  const flat = line.replaceAll(/\s+/g, ' ').trim();
  return flat.length > 300 ? `${flat.slice(0, 297)}...` : flat;
}
