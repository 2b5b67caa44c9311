import { discoveryInWords } from '../../report/discovery-in-words.ts';
import type { DiscoveryState } from '../../report/types.ts';
import { html, type Html } from './html.ts';

/** The repositories that are no clients; undefined if there are none. */
export function renderDiscovery(state: DiscoveryState | undefined): Html | undefined {
  const words = discoveryInWords(state);
  if (words === undefined) return undefined;
  return html`<p class="note">${words.heading}</p>
    ${
      words.details.length > 0 &&
      html`<ul class="note">
        ${words.details.map((detail) => html`<li>${detail}</li>`)}
      </ul>`
    }`;
}
