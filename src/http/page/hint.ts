import { partsOf } from '../../report/hint.ts';
import { html, type Html } from './html.ts';

/** One click selects a command. */
export function renderHint(hint: string): Html[] {
  return partsOf(hint).map(({ text, isCommand }) =>
    isCommand ? html`<code>${text}</code>` : html`${text}`,
  );
}
