import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { projectDirectory } from './tools.ts';

export const composeDirectory = join(projectDirectory, 'deploy/compose');
export const composeFile = join(composeDirectory, 'compose.yaml');

export type Mount = {
  /** An absolute path of this machine, or the name of a volume. */
  readonly source: string;
  readonly isVolume: boolean;
  /** Where it is in the container. */
  readonly target: string;
  readonly isReadOnly: boolean;
};

export type Service = {
  readonly image: string;
  readonly user?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** "127.0.0.1:8000:8000" */
  readonly ports?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly mounts: readonly Mount[];
};

export type Compose = {
  readonly services: ReadonlyMap<string, Service>;
  readonly volumes: readonly string[];
};

/** deploy/compose/compose.yaml, its merge keys resolved. */
export function readCompose(): Compose {
  const file = readYaml('compose.yaml') as {
    services: Record<string, Omit<Service, 'mounts'> & { volumes?: string[] }>;
    volumes: Record<string, unknown>;
  };
  const services = Object.entries(file.services).map(
    ([name, { volumes = [], ...service }]) =>
      [name, { ...service, mounts: volumes.map(parseMount) }] as const,
  );
  return { services: new Map(services), volumes: Object.keys(file.volumes) };
}

export function serviceOf({ services }: Compose, name: string): Service {
  const service = services.get(name);
  if (service === undefined) throw new Error(`compose.yaml has no service ${name}`);
  return service;
}

/** A file beside compose.yaml, or where a path from there leads. */
export function readYaml(path: string): unknown {
  return parse(readFileSync(join(composeDirectory, path), 'utf8'), { merge: true });
}

/** SOURCE:TARGET[:ro], with ${NAME:-DEFAULT} as Compose has it when NAME is not set. */
function parseMount(text: string): Mount {
  const plain = text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
  const [source = '', target = '', mode] = plain.split(':');
  const isVolume = !source.startsWith('.');
  return {
    source: isVolume ? source : resolve(composeDirectory, source),
    isVolume,
    target,
    isReadOnly: mode === 'ro',
  };
}
