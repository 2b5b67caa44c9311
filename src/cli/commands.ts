import { Option, type Command } from 'commander';
import type { GetGlobals, Globals, Run } from './run-command.ts';
import { addStatus } from './status-command.ts';

/** File threads that load themselves while the verb's code and the configuration are read. */
const THREADS_AT_START = 1;

/** The command line. Each verb's code is loaded only when it is called: a one-shot pass should start fast. */
export function addCommands(program: Command, run: Run): void {
  const globals = () => program.opts<Globals>();
  addDaemon(program, run, globals);
  addSync(program, run, globals);
  addStatus(program, run, globals);
  addReading(program, run, globals);
  addAck(program, run, globals);
  addBackend(program, run, globals);
  addDemo(program, run);
}

function addDaemon(program: Command, run: Run, globals: GetGlobals): void {
  program
    .command('run')
    .description('run the daemon: all clients, or one client with its own exporter')
    .argument('[client]', 'only this client, listening where its own `listen` says')
    .option('--all', 'all clients in one process (the default)')
    .addHelpText('after', '\nStops on SIGTERM or SIGINT; a second one hurries.')
    .action((client: string | undefined, options: { all?: boolean }) =>
      run(async (context) => {
        const { runDaemon } = await import('./run.ts');
        return runDaemon(context, { ...globals(), client, all: options.all ?? false });
      }),
    );
}

function addSync(program: Command, run: Run, globals: GetGlobals): void {
  program
    .command('sync')
    .description('one pass now, by the running daemon if there is one, else by itself')
    .argument('[clients...]', 'which clients')
    .option('--all', 'all configured clients')
    .option('--backend <name...>', 'only these backends')
    .option('--json', 'print the reports as JSON')
    .addHelpText(
      'after',
      '\nExit code: 0 all complete, 1 something failed or was left out, 75 another process is busy.',
    )
    .action((clients: string[], options: { all?: boolean; backend?: string[]; json?: boolean }) =>
      run(async (context) => {
        context.pool.prepare(THREADS_AT_START);
        const { sync } = await import('./sync.ts');
        return sync(context, { ...globals(), ...options, clients });
      }),
    );
}

function addReading(program: Command, run: Run, globals: GetGlobals): void {
  program
    .command('snapshots')
    .description('which snapshot is in which place')
    .argument('<client>')
    .option('--json', 'print as JSON')
    .option('--limit <count>', 'only the newest', Number)
    .action((client: string, options: { json?: boolean; limit?: number }) =>
      run(async (context) => {
        const { snapshots } = await import('./snapshots.ts');
        return snapshots(context, { ...globals(), ...options, client });
      }),
    );
  program
    .command('check-config')
    .description('check the configuration and the places it names, and print every problem')
    .option('--json', 'print the problems as JSON')
    .action((options: { json?: boolean }) =>
      run(async (context) => {
        const { checkConfig } = await import('./check-config.ts');
        return checkConfig(context, { ...globals(), ...options });
      }),
    );
}

function addAck(program: Command, run: Run, globals: GetGlobals): void {
  program
    .command('ack')
    .description('accept what has vanished from a source that is suspect, damaged or emptied')
    .argument('<client>')
    .requiredOption('--reason <text>', 'why, for whoever looks at this later')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Packs vanish when restic prunes, and when they are lost. backup-syncd has no password and cannot always tell which. Run 'restic check' on the source
first. If it passes, acknowledge: the source counts as a copy again, backends reach their baseline, and new snapshots are
sent everywhere. If it fails, put back what is missing, for example from a backend: then the state ends by itself. What vanishes later is noticed again.
A source that is emptied has no snapshot any more: acknowledge it only if they were meant to go.

Works with and without a running daemon. The reason is kept with your name and the time, and 'status' shows it.
Exit code: 0 the source is ok (also when there was nothing to acknowledge), 1 it is not, 75 another process is busy.`,
    )
    .action((client: string, options: { reason: string; json?: boolean }) =>
      run(async (context) => {
        const { ack } = await import('./ack.ts');
        return ack(context, { ...globals(), ...options, client });
      }),
    );
}

function addBackend(program: Command, run: Run, globals: GetGlobals): void {
  const backend = program.command('backend').description('set up a place for replicas');
  backend
    .command('init')
    .description('make a directory a backend of a client; only then is anything written there')
    .argument('<client>')
    .argument('<backend>')
    .option('--adopt', 'take over an existing replica, after comparing all of it with the source')
    .option('--new-disk', 'the backend was complete before, and its place is a new one')
    .option('--same-disk', 'the replica may lie on the disk of the source or of the system')
    .addHelpText(
      'after',
      `
Without its disk, a mount point is an empty directory of the system's disk. So a place without a marker is refused when the
backend was complete before (--new-disk overrides that), and when it is on the file system, or the btrfs or ZFS pool, of the
source or of / (--same-disk overrides that).`,
    )
    .action((client: string, name: string, options: InitOptions) =>
      run(async (context) => {
        const { initBackend } = await import('./backend-init.ts');
        return initBackend(context, { ...globals(), ...options, client, backend: name });
      }),
    );
  backend
    .command('accept-config')
    .description("accept that the source's config has changed, as 'restic migrate' does")
    .argument('<client>')
    .argument('<backend>')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      `
A changed config has two causes. 'restic migrate' keeps the keys: then every key file of the source is also at the backend,
and the new config can be accepted. 'restic init' makes a new repository with new keys: that is refused, as the old backups
there would become unreadable. The config that is replaced is kept as .backup-syncd/config.SHA256.`,
    )
    .action((client: string, name: string, { yes = false }: { yes?: boolean }) =>
      run(async (context) => {
        const { acceptConfig } = await import('./accept-config.ts');
        return acceptConfig(context, { ...globals(), client, backend: name, yes });
      }),
    );
  addRetire(backend, run, globals);
}

function addRetire(backend: Command, run: Run, globals: GetGlobals): void {
  backend
    .command('retire')
    .description('move aside what the source no longer has; nothing is ever deleted')
    .argument('<client>')
    .argument('<backend>')
    .argument('[objects...]', 'index/ID or snapshots/ID; eight digits of an ID will do')
    .option('--keys', 'the keys that the source no longer has')
    .option('--all', 'snapshots, indexes and keys that the source no longer has')
    .option('--dry-run', 'only show what would be moved')
    .option('--yes', 'do not ask')
    .option('--json', 'the answer as JSON; wants --yes or --dry-run')
    .addHelpText(
      'after',
      '\nThey go to .backup-syncd/retired/DATE/ at the backend: snapshots first, then indexes, then keys.\nAn index stays while a snapshot that the source no longer has and that stays may need it.',
    )
    .action((...[client, name, objects, options]: [string, string, string[], RetireOptions]) =>
      run(async (context) => {
        const { retire } = await import('./retire.ts');
        const { keys = false, all = false, dryRun: isDryRun = false } = options;
        const { yes = false, json = false } = options;
        const ask = { verb: 'retire', backend: name, keys, all, objects, isDryRun } as const;
        return retire(context, { ...globals(), client, ask, yes, json });
      }),
    );
  backend
    .command('restore-retired')
    .description('move back what was moved aside')
    .argument('<client>')
    .argument('<backend>')
    .argument('[date]', 'the name of the directory; by default the newest')
    .option('--dry-run', 'only show what would be moved back')
    .option('--yes', 'do not ask')
    .option('--json', 'the answer as JSON; wants --yes or --dry-run')
    .action(
      (...[client, name, date, options]: [string, string, string | undefined, RetireOptions]) =>
        run(async (context) => {
          const { retire } = await import('./retire.ts');
          const { dryRun: isDryRun = false, yes = false, json = false } = options;
          const ask = { verb: 'restore-retired', backend: name, date, isDryRun } as const;
          return retire(context, { ...globals(), client, ask, yes, json });
        }),
    );
}

interface InitOptions {
  readonly adopt?: boolean;
  readonly newDisk?: boolean;
  readonly sameDisk?: boolean;
}

interface RetireOptions {
  readonly keys?: boolean;
  readonly all?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

function addDemo(program: Command, run: Run): void {
  program
    .command('demo')
    .description('see it work: a small real repository, two backends, the daemon, until Ctrl-C')
    .addOption(
      new Option('--port <port>', 'where to listen (default: 10987, or a free one)').argParser(
        (text) => (/^\d+$/.test(text) ? Number(text) : NaN),
      ),
    )
    .action((options: { port?: number }) =>
      run(async (context) => {
        const { demo } = await import('./demo.ts');
        return demo(context, options);
      }),
    );
}
