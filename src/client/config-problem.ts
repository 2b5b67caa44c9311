import type { ClientFacts } from '../facts/facts.ts';
import type { View } from '../repository/view.ts';
import { causeOf, keysNamed } from '../replication/same-keys.ts';
import { SourceProblem } from '../replication/source-problem.ts';

/** The problem of a source whose `config` is not the remembered one: it was changed, or this is a different repository. Pure. */
export function configProblem(
  { listedKeys, objects }: View,
  { client, source, backends }: ClientFacts,
  label: string,
): SourceProblem {
  const known = keysNamed(source.contents.acceptedKeys ?? []);
  const cause = causeOf(listedKeys ?? objects.keys, known);
  if (cause === 'config_changed')
    return new SourceProblem(
      cause,
      `the config of ${label} has changed but its keys have not, as after 'restic migrate'`, `if someone ran 'restic migrate', accept the new config for each backend (${[...backends.keys()].join(', ')}): backup-syncd backend accept-config ${client} BACKEND`);
  return new SourceProblem(
    cause,
    `${label} is a different repository than before: its config and its keys have changed`, "find out who ran 'restic init' there again, or replaced the repository. Do not accept it: the replicas hold the only readable old backups. Put the old repository back, or keep the replicas and give the new repository new places");
}
