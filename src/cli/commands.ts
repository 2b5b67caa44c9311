import type { Command } from 'commander';
import { addAcceptConfig } from './commands/accept-config.ts';
import { addAck } from './commands/ack.ts';
import { addAudit } from './commands/audit.ts';
import { addBackendInit } from './commands/backend-init.ts';
import { addBackendMove } from './commands/backend-move.ts';
import { addCheckConfig } from './commands/check-config.ts';
import { addClientAdd } from './commands/client-add.ts';
import { addClientDisable, addClientEnable } from './commands/client-enabled.ts';
import { addClientList, addClientShow } from './commands/client-list.ts';
import { addClientRename } from './commands/client-rename.ts';
import { addClientRemove } from './commands/client-remove.ts';
import { addComplete, addCompletion } from './commands/completion.ts';
import { addDemo } from './commands/demo.ts';
import { addDoctor } from './commands/doctor.ts';
import { addPause, addResume } from './commands/pause.ts';
import { addRestoreCheck } from './commands/restore-check.ts';
import { addRestoreRetired, addRetire } from './commands/retire.ts';
import { addRun } from './commands/run.ts';
import { addSnapshots } from './commands/snapshots.ts';
import { addStatus } from './commands/status.ts';
import { addSync } from './commands/sync.ts';
import { helpText } from './help-text.ts';
import type { Run } from './run-command.ts';

type Add = (parent: Command, run: Run) => void;

const COMMANDS: readonly Add[] = [
  addRun,
  addSync,
  addAudit,
  addStatus,
  addSnapshots,
  addCheckConfig,
  addDoctor,
  addAck,
  addRestoreCheck,
  addPause,
  addResume,
  addBackend,
  addClient,
  addCompletion,
  addComplete,
  addDemo,
];

const BACKEND_COMMANDS: readonly Add[] = [
  addBackendInit,
  addBackendMove,
  addAcceptConfig,
  addRetire,
  addRestoreRetired,
];

const CLIENT_COMMANDS: readonly Add[] = [
  addClientAdd,
  addClientList,
  addClientShow,
  addClientDisable,
  addClientEnable,
  addClientRename,
  addClientRemove,
];

/** The command line. The code of each command is loaded only when it runs, so that a one-shot pass starts fast. */
export function addCommands(program: Command, run: Run): void {
  for (const add of COMMANDS) add(program, run);
  nameHelp(program);
}

/** A usage error names the help of its own command. */
function nameHelp(parent: Command, path = ''): void {
  for (const command of parent.commands) {
    const name = `${path}${command.name()}`;
    command.showHelpAfterError(`(for its options, run: backup-syncd help ${name})`);
    nameHelp(command, `${name} `);
  }
}

function addBackend(program: Command, run: Run): void {
  const backend = program
    .command('backend')
    .description('manage the places of replicas')
    .addHelpText(
      'after',
      helpText([
        ['backend init --all', 'set up every backend that is not set up yet'],
        ['backend init ahost usb --new-disk', 'after a disk was replaced'],
      ]),
    );
  for (const add of BACKEND_COMMANDS) add(backend, run);
}

function addClient(program: Command, run: Run): void {
  const client = program
    .command('client')
    .description('manage the clients')
    .addHelpText(
      'after',
      helpText([
        ['client add ahost --source /srv/ahost', 'a new client'],
        ['client list', 'all clients'],
        ['client show ahost', 'its settings and its state'],
      ]),
    );
  for (const add of CLIENT_COMMANDS) add(client, run);
}
