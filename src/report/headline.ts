import { plural } from '../runtime/plural.ts';
import { assessAll } from './overall.ts';
import type { ClientReport, Picture, Severity } from './types.ts';

/** The state of all clients in one sentence, also used as the window title. */
export function headline(picture: Picture): string {
  const { clients, refused } = picture;
  const total = countConfigured(picture);
  const bad = count(clients, 'critical') + count(clients, 'warning') + refused.length;
  const unknown = count(clients, 'unknown') + picture.unknown.length;
  if (total === 0) return 'No clients yet';
  if (bad > 0)
    return `${bad} of ${plural(total, 'client')} ${bad === 1 ? 'needs' : 'need'} attention`;
  if (unknown > 0) return `The state of ${unknown} of ${plural(total, 'client')} is not known`;
  if (assessAll(picture).severity !== 'ok') return 'The daemon needs attention';
  return total === 1 ? 'The client is fine' : `All ${total} clients are fine`;
}

/** The number of configured clients, including those that do not run. */
export function countConfigured({ clients, refused, unknown }: Picture): number {
  return clients.length + refused.length + unknown.length;
}

function count(clients: readonly ClientReport[], severity: Severity): number {
  return clients.filter((client) => client.severity === severity).length;
}
