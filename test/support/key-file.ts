/** A key file as restic writes it, with some fields replaced; an undefined one is left out. Another `seed`, another key. */
export function keyFile(fields: Readonly<Record<string, unknown>> = {}, seed = 1): string {
  return JSON.stringify({
    created: '2026-11-28T22:57:05.660437581Z',
    username: 'root',
    hostname: 'vm',
    kdf: 'scrypt',
    N: 32_768,
    r: 8,
    p: 4,
    salt: Buffer.alloc(64, seed).toString('base64'),
    data: Buffer.alloc(160, seed).toString('base64'),
    ...fields,
  });
}
