import type * as z from 'zod/mini';
import type { GivenKeys } from '../schema/keys.ts';
import type { BackendOpening, PlaceOpening } from './opening.ts';
import type { Command } from '../work/script/run-program.ts';
import type { CheckIntervals, WorkTraits } from '../work/settings.ts';
import type { ResticPlace } from '../restic/repository.ts';
import type { PlaceConfig } from './place-config.ts';

/**
 * A kind of place: its schema, how to open it, and the facts that other modules need, as data. The name is also the key
 * under which a place is configured.
 */
export interface Kind {
  readonly name: string;
  /** how a place is written, for errors: `rclone: REMOTE:PATH` */
  readonly example: string;
  /** how to inspect such a place; absent if that is not possible */
  readonly place?: PlaceRole;
  /** absent: it cannot be a source */
  readonly source?: SourceRole;
  /** absent: it cannot be a backend */
  readonly backend?: BackendRole;
  /** absent: a script cannot be verified there */
  readonly verified?: KindRole;
}

export interface PlaceRole {
  readonly traits: (config: PlaceConfig) => PlaceTraits;
  /** loads the code that opens such a place, which short commands do not need */
  readonly load: () => Promise<PlaceOpening>;
}

/** The facts about a place that can be inspected, for other modules. */
export interface PlaceTraits extends Pick<CheckIntervals, 'probeEveryMs'> {
  /** `listEvery`: how often everything there is listed; undefined: as often as the client is audited */
  readonly listEveryMs: number | undefined;
  /** its path, or `remote:path` */
  readonly label: string;
  /** a directory of this machine */
  readonly isDirectory: boolean;
  /** every inspection costs requests, so it is rarely inspected, and its known content is remembered in between */
  readonly isRemote: boolean;
  /** the tool that reaches it, and its configuration: one process copies between two places of one tool */
  readonly tool: Tool | undefined;
  /** how restic opens it */
  readonly restic: ResticPlace;
  /** a command line that deletes a file there, by its path below the root */
  readonly commandToDelete: (path: string) => string;
  /** a command line that deletes everything there */
  readonly commandToDeleteAll: string;
}

export interface Tool {
  readonly name: string;
  /** the key that names its configuration */
  readonly key: string;
  /** undefined: the environment configures it */
  readonly config: string | undefined;
}

/** The keys of a kind in one part of the configuration. */
export interface KindRole {
  /** by key: first that with the name of the kind, then those that belong to it */
  readonly keys: (kinds: readonly Kind[]) => Keys;
  readonly build: (given: Given, how: Build) => PlaceConfig;
}

export type Keys = Readonly<Record<string, z.ZodMiniType>>;
export type Given = Readonly<Record<string, unknown>>;

export interface Build {
  /** fills in `{client}` */
  readonly fill: (template: string) => string;
  readonly kinds: readonly Kind[];
}

export interface SourceRole extends KindRole {
  readonly watch: (config: PlaceConfig) => Watch;
}

export interface Watch {
  /** where the file system says that something changed; undefined: it is only polled */
  readonly directory: string | undefined;
  /** whether the configuration could ask for it */
  readonly isPossible: boolean;
}

export interface BackendRole extends KindRole {
  /** further rules about the keys of such a backend */
  readonly check?: (keys: GivenKeys) => void;
  /** by key of another kind: where it goes here */
  readonly misplaced?: Readonly<Record<string, string>>;
  readonly traits: (config: PlaceConfig) => BackendTraits;
  readonly load: () => Promise<BackendOpening>;
}

/** The facts about a backend, for other modules. */
export interface BackendTraits extends WorkTraits {
  /** where its objects are; undefined if they cannot be inspected */
  readonly seenAt: SeenAt | undefined;
  /** programs of the operator's, by key */
  readonly programs: Readonly<Record<string, Command>>;
}

export interface SeenAt {
  readonly config: PlaceConfig;
  /** of the key that names it, below that of the backend */
  readonly key: readonly string[];
  readonly isOnlyRead: boolean;
}

type Parsed<K extends Keys, N extends keyof K> = {
  readonly [P in Exclude<keyof K, N>]?: z.output<K[P]> | undefined;
} & { readonly [P in N]: z.output<K[P]> };

/** A role with the types of its keys. */
export function defineRole<
  const N extends string,
  K extends Keys & Readonly<Record<N, z.ZodMiniType>>,
>(
  _name: N,
  role: {
    readonly keys: (kinds: readonly Kind[]) => K;
    readonly build: (given: Parsed<K, N>, how: Build) => PlaceConfig;
  },
): KindRole {
  return role as unknown as KindRole;
}
