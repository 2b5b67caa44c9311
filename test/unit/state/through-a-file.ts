import type { ClientFacts } from '../../../src/facts/facts.ts';
import { decodeFacts, encodeFacts } from '../../../src/state/encode.ts';
import { ClientState } from '../../../src/state/state-schema.ts';

/** Facts as a state file gives them back. */
export function throughAFile(facts: ClientFacts): ClientFacts {
  return decodeFacts(ClientState.parse(JSON.parse(JSON.stringify(encodeFacts(facts, 9)))));
}
