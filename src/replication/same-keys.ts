import { Catalogue, namesMinus } from '../repository/catalogue.ts';

/**
 * Why a place can have another `config` than the source. Without the password its keys tell: `restic migrate` keeps them, and
 * `restic init` makes new ones. Packs and snapshots prove nothing: they stay when only `config` and `keys/` are made anew, and
 * then nobody can read them any more.
 */
export type ConfigCause = 'config_changed' | 'different_repository';

/**
 * The same repository has at least one key, and none that the other place lacks. Pure.
 *
 * @param source all key files of the source
 * @param other the key files that they are compared with
 */
export function causeOf(source: Catalogue, other: Catalogue): ConfigCause {
  const isSame = source.count > 0 && namesMinus(source, other).count === 0;
  return isSame ? 'config_changed' : 'different_repository';
}

/** Key files that are known by their ids only. */
export function keysNamed(ids: readonly string[]): Catalogue {
  return Catalogue.from(ids.map((id) => [id, undefined]));
}
