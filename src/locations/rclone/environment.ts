/** What rclone may see of our environment: where it is, proxies, and remotes and credentials that are defined there. */
const NAMES =
  /^(?:PATH|HOME|TZ|LANG|LC_ALL|TMPDIR|SSH_AUTH_SOCK|SSL_CERT_(?:FILE|DIR)|(?:https?|no|all)_proxy|RCLONE_CONFIG_\w+|RCLONE_PASSWORD_COMMAND|AWS_(?!CA_BUNDLE)\w+|GOOGLE_APPLICATION_CREDENTIALS|AZURE_\w+|OS_\w+|B2_\w+)$/i;

/** S3 costs nothing that the barrier does not prove anyway: no look at the bucket, none after each upload. Others ignore it. */
const FEWER_REQUESTS = {
  RCLONE_S3_NO_CHECK_BUCKET: 'true',
  RCLONE_S3_NO_HEAD: 'true',
};

/** For reading only: without it an object is asked for twice, but with it rclone 1.75 takes every size for 0. */
export const READING = { RCLONE_S3_NO_HEAD_OBJECT: 'true' } as const;

/**
 * The environment of an rclone. Its configuration is the named file, or none at all: what happens to lie in somebody's home
 * directory is not used. rclone 1.60 refuses to start with AWS_CA_BUNDLE.
 */
export function rcloneEnvironment(
  env: NodeJS.ProcessEnv,
  configFile: string | undefined,
): Record<string, string> {
  const allowed = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && NAMES.test(entry[0]),
  );
  return {
    ...Object.fromEntries(allowed),
    RCLONE_CONFIG: configFile ?? '/dev/null',
    ...FEWER_REQUESTS,
  };
}
