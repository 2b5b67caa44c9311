/** The texts that a person wrote about one stop of the tour. Everything else is recorded. */
export interface StopText {
  /** as in test/e2e/tour/stops.ts */
  readonly stop: string;
  /** what happened */
  readonly title: string;
  /** what to do, which is what the test does */
  readonly remedy: string;
  /** pictures of the page: docs/images/trust-NAME-….png */
  readonly pictures?: { readonly name: string; readonly alt: string };
}

function picture(name: string, alt: string): Pick<StopText, 'pictures'> {
  return { pictures: { name, alt } };
}

export const STOP_TEXTS: readonly StopText[] = [
  {
    stop: 'source-away',
    title: 'The disk of the sources is not mounted',
    remedy:
      'Mount it. Nothing at the backends was touched, and they count as two copies in the meantime.',
    ...picture('source-away', 'The page while the sources of all clients are missing'),
  },
  {
    stop: 'disk-unmounted',
    title: 'The disk of a backend is not mounted',
    remedy:
      'Mount it. Nothing is written to the empty mount point. The copies on the disk count for another 24 hours (`seenWithin`).',
    ...picture('disk-unmounted', 'The page while the disk usb is not mounted'),
  },
  {
    stop: 'disk-full',
    title: 'The disk of a backend is full',
    remedy:
      'Free some space there, or use a larger disk. The missing snapshot is then sent automatically.',
    ...picture('disk-full', 'The page while the disk usb is full'),
  },
  {
    stop: 'state-disk-full',
    title: "The daemon's own disk is full",
    remedy:
      'Free some space in the state directory. Replication continues in the meantime, and the state is saved as soon as there is space.',
  },
  {
    stop: 'pack-deleted-at-backend',
    title: 'A pack is deleted at a backend',
    remedy: 'Nothing. The next poll sends the pack again.',
  },
  {
    stop: 'pack-deleted-at-source',
    title: 'A pack is deleted at the source',
    remedy:
      'Copy the pack back from a backend, under the same name, and find out who deleted it. Then acknowledge the alarm: `backup-syncd ack`. Until then, the source does not count as a copy.',
  },
  {
    stop: 'pack-deleted-at-both',
    title: 'A pack is deleted at the source and at a backend',
    remedy:
      'The backend gets the pack again from the other backend, hashed on the way. Copy it from there to the source. Then acknowledge the alarm.',
  },
  {
    stop: 'daemon-killed',
    title: 'The daemon is killed',
    remedy:
      'Start it; it continues where it stopped. The record shows what `status` says an hour later. In the first 15 minutes, `status` only says that no daemon is running, and exits with 1.',
  },
  {
    stop: 'client-file-broken',
    title: "A client's configuration is broken",
    remedy:
      'Correct the line that the message names. The client keeps its last valid configuration.',
    ...picture('client-file-broken', 'The page after the configuration of web was broken'),
  },
  {
    stop: 'daemon-file-broken',
    title: 'backup-syncd.yaml is broken',
    remedy: 'Correct the line that the message names. The daemon keeps its old configuration.',
  },
  {
    stop: 're-initialised',
    title: 'Someone runs restic init again in the place of a source',
    remedy:
      'Put the old repository back. Do not accept the new one: the replicas hold the only readable old backups.',
    ...picture('re-initialised', 'The page while another repository is in the place of a source'),
  },
  {
    stop: 'log-stalled',
    title: 'The program that reads the log stalls',
    remedy:
      'Nothing. The new snapshot is replicated as usual. Lines beyond 1 MiB are dropped and counted (`backup_syncd_log_lines_dropped_total`).',
  },
  {
    stop: 'signals',
    title: 'SIGHUP, SIGUSR1, SIGUSR2 and SIGPIPE are sent to the daemon',
    remedy: 'Nothing. SIGHUP reloads the configuration, and the others have no effect.',
  },
  {
    stop: 'clock-wrong',
    title: 'The clock of the server jumps two days ahead',
    remedy:
      'Set the clock. `status` uses the clock of the server, so it says that all clients are overdue. Prometheus compares that clock with its own, so only BackupClockWrong fires.',
  },
];
