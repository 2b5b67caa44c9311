/** The part of our environment that rclone may see: paths, proxies, and remotes and credentials defined there. */
const NAMES =
  /^(?:PATH|HOME|TZ|LANG|LC_ALL|TMPDIR|SSH_AUTH_SOCK|SSL_CERT_(?:FILE|DIR)|(?:https?|no|all)_proxy|RCLONE_CONFIG_\w+|RCLONE_PASSWORD_COMMAND|AWS_(?!CA_BUNDLE)\w+|GOOGLE_APPLICATION_CREDENTIALS|AZURE_\w+|OS_\w+|B2_\w+)$/i;

/** Saves requests to S3 that the barrier makes unnecessary: no check of the bucket, none after each upload. Others ignore it. */
const FEWER_REQUESTS = {
  RCLONE_S3_NO_CHECK_BUCKET: 'true',
  RCLONE_S3_NO_HEAD: 'true',
};

/** For reading only: it saves a second request per object, but with it rclone 1.75 reports every size as 0. */
export const READING = { RCLONE_S3_NO_HEAD_OBJECT: 'true' } as const;

/**
 * The environment of an rclone process. Its configuration is the named file, or none: a file in a home directory is not used.
 * rclone 1.60 refuses to start with AWS_CA_BUNDLE.
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
