import { lstatSync, realpathSync, statSync, type BigIntStats } from 'node:fs';
import { dirname } from 'node:path';
import type { PlaceIdentity } from '../../location.ts';
import { ifThere, type OpenPlace } from './open-place.ts';

/** The identity of the directory at a path, whatever links lead to it, and of those above it, nearest first. */
export function identity(place: OpenPlace): PlaceIdentity {
  const { root } = place;
  const real = ifThere(() => realpathSync(root));
  const found = real === undefined ? undefined : identityOf(statSync(real, { bigint: true }));
  const config = ifThere(() => lstatSync(place.at('config'), { bigint: true }));
  return {
    root: found,
    above: directoriesAbove(real ?? root),
    config: config?.isFile() === true ? identityOf(config) : undefined,
  };
}

function directoriesAbove(path: string): string[] {
  const parent = dirname(path);
  if (parent === path) return [];
  const real = ifThere(() => realpathSync(parent));
  if (real === undefined) return directoriesAbove(parent);
  return [identityOf(statSync(real, { bigint: true })), ...directoriesAbove(real)];
}

function identityOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}
