import type { ClientConfig } from '../config/types.ts';
import type { Location } from '../locations/location.ts';
import { DirectoryLocation } from '../locations/directory/directory-location.ts';
import type { Context } from './context.ts';

/** A client's source and one of its backends, for commands that look at both without running the client. */
export function openPlaces(
  { pool }: Context,
  client: ClientConfig,
  backend: ClientConfig['backends'][number],
): { source: Location; target: Location } {
  return {
    source: new DirectoryLocation({ root: client.source.directory, role: 'source', pool }),
    target: new DirectoryLocation({ root: backend.directory, role: 'backend', pool }),
  };
}
