import type { Location } from './location.ts';
import { ROUTES, type Needs } from './routes.ts';

type Routes = Readonly<Record<string, Readonly<Record<string, (source: never) => unknown>>>>;

/** Whether objects can get from a source of one kind to a target of another. */
export function hasRoute(source: string, target: string): boolean {
  const routes: Routes = ROUTES;
  return routes[source]?.[target] !== undefined;
}

/** The access that a target needs to receive objects from this source. */
export function routeTo<T extends string>(
  target: T,
  source: Location,
): T extends keyof Needs ? Needs[T] : unknown {
  const routes: Routes = ROUTES;
  const route = routes[source.kind]?.[target];
  if (route === undefined) throw new Error(`no route from ${source.label} to a ${target}`);
  return route(source as never) as T extends keyof Needs ? Needs[T] : unknown;
}
