import type { ShownServices } from '../client/shown-services.ts';

/** The state of a client's services, in words. */
export function renderServices({ services, isLinked, disagreement }: ShownServices): string[] {
  if (services === undefined) return disagreement === undefined ? [] : [disagreement];
  const names = services.length === 0 ? 'no service yet' : services.join(', ');
  return [
    `runit ${isLinked === true ? 'runs' : 'does not run'}: ${names}`,
    ...(disagreement === undefined ? [] : [`  ${disagreement}`]),
  ];
}
