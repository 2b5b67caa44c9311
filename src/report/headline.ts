import { agree, plural } from '../runtime/plural.ts';
import { assessAll } from './overall.ts';
import type { ClientReport, Picture, Severity } from './types.ts';

/** The state of all clients in one sentence, also used as the window title. */
export function headline(picture: Picture): string {
  const { clients, refused } = picture;
  const total = countConfigured(picture);
  const bad = count(clients, 'critical') + count(clients, 'warning') + refused.length;
  const unknown = count(clients, 'unknown') + picture.unknown.length;
  const off = picture.disabled?.length ?? 0;
  if (total === 0) return off === 0 ? 'No clients yet' : `${all(off)} disabled`;
  if (bad > 0) return `${some(bad, total)} ${agree(bad, 'needs', 'need')} attention`;
  if (unknown > 0)
    return `The state of ${total === 1 ? 'the client' : some(unknown, total)} is not known`;
  if (assessAll(picture).severity !== 'ok') return 'The daemon needs attention';
  const paused = clients.filter(({ pause }) => pause !== undefined).length;
  if (total === 1 && paused === 1)
    return `${all(total, off)} fine, but paused${besides(off, 'disabled')}`;
  return `${all(total, off)} fine${besides(paused, 'paused')}${besides(off, 'disabled')}`;
}

function besides(count: number, what: string): string {
  return count === 0 ? '' : `, ${count} ${agree(count, 'is', 'are')} ${what}`;
}

function some(count: number, total: number): string {
  return total === 1 ? 'The client' : `${count} of ${plural(total, 'client')}`;
}

/** @param others how many more clients there are */
function all(total: number, others = 0): string {
  if (total === 1) return others === 0 ? 'The client is' : '1 client is';
  return total === 2 ? 'Both clients are' : `All ${total} clients are`;
}

/** The number of enabled clients, including those that do not run. */
export function countConfigured({ clients, refused, unknown }: Picture): number {
  return clients.length + refused.length + unknown.length;
}

function count(clients: readonly ClientReport[], severity: Severity): number {
  return clients.filter((client) => client.severity === severity).length;
}
