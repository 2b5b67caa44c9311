import {
  countClients,
  groupFindings,
  headingFor,
  hintOfGroup,
  type FindingGroup,
} from '../../report/groups.ts';
import type { FoundReport } from '../reach-unit.ts';
import { countConfigured, headline } from '../../report/headline.ts';
import { partsOf } from '../../report/hint.ts';
import { describeDisabled, shortCopies } from '../../report/in-words.ts';
import { assessAll, sentenceOf } from '../../report/overall.ts';
import { heldMessage, noDaemonMessage } from './remembered.ts';
import { currentAnnouncement, recentAcknowledgement } from '../../report/recent-acknowledgement.ts';
import type { Selection } from '../../report/select.ts';
import type { ClientReport, DisabledState, Picture } from '../../report/types.ts';
import { backendStatus, doingInWords, dueInWords } from '../../report/words.ts';
import { renderClient } from './client.ts';
import { summariseDiscovery } from './discovery.ts';
import { toned, wrap, type Line } from './line.ts';
import { age, INDENT, indented, mark, marked } from './mark.ts';
import { renderPauses } from './pause.ts';
import { fitTable } from './table.ts';

export interface StatusView {
  readonly picture: Picture;
  /** where the reports come from */
  readonly found: readonly FoundReport[];
  /** the part of the picture to show */
  readonly selection: Selection;
  /** each client in every place */
  readonly isDetailed: boolean;
  /** the line width, in characters */
  readonly width: number;
  readonly now: number;
}

/** Problems by cause, worst first; then one line per client. If no daemon is running, that comes first. */
export function renderStatus(view: StatusView): Line[] {
  const { picture, selection, isDetailed, width, now } = view;
  const groups = groupFindings(selection.findings);
  const total = countConfigured(picture);
  const blocks = [
    notRunning(view),
    ...groups.map((group) => renderGroup(group, total, width)),
    ...(isDetailed
      ? selection.clients.map((client) => renderClient(client, { width, now }))
      : [renderClients(selection, { width, now })]),
    ...(isDetailed ? selection.disabled.map((client) => [disabledLine(client, now)]) : []),
    renderPauses(selection.clients, width),
    acknowledgements(selection.clients, width),
    isDetailed ? [] : summariseDiscovery(picture.discovery, width),
    [summary(view)],
  ];
  return blocks
    .filter((block) => block.length > 0)
    .flatMap((block, i) => (i === 0 ? block : ['', ...block]));
}

function summary({ picture, found }: StatusView): string {
  const isKnownNow = found.every(({ isRunning }) => isRunning);
  const isKnown = assessAll(picture).severity !== 'unknown';
  return isKnownNow || !isKnown ? headline(picture) : `${headline(picture)}, as last known`;
}

/** A single finding in full; for many, the first one as an example. */
function renderGroup(group: FindingGroup, total: number, width: number): Line[] {
  const { severity, findings, heading, clients } = group;
  const [first] = findings;
  if (first === undefined) return [];
  if (findings.length === 1)
    return [...marked(severity, sentenceOf(first), { width }), ...hintOf(group, width)];
  const isAll = clients.length === total;
  return [
    ...marked(severity, `${heading}: ${countClients(group, total)}`, { width }),
    ...(isAll ? [] : indented(clients.join(', '), width)),
    ...indented(`for example ${sentenceOf(first)}`, width),
    ...hintOf(group, width),
  ];
}

/** A command is never wrapped, so that it can be copied. */
function hintOf(group: FindingGroup, width: number): Line[] {
  const hint = hintOfGroup(group);
  if (hint === undefined) return [];
  if (INDENT.length + hint.length <= width) return [`${INDENT}${hint}`];
  return partsOf(hint).flatMap(({ text, isCommand }) =>
    isCommand ? [`${INDENT}${text}`] : indented(text.trim(), width),
  );
}

/** Columns that may be dropped if there is no room. */
const SPARE = [3, 2];

function renderClients(
  { clients, disabled }: Selection,
  { width, now }: Pick<StatusView, 'width' | 'now'>,
): Line[] {
  if (clients.length + disabled.length === 0) return [];
  const header = ['CLIENT', 'STATE', 'COPIES', 'NEWEST', ''].map((text) => toned(text, 'soft'));
  const rows = clients.map((client) => [
    client.client,
    mark(client.severity),
    shortCopies(client.protection),
    age(client.source.latestSnapshotAt, now),
    note(client, now),
  ]);
  const off = disabled.map((client) => [
    client.client,
    toned('disabled', 'soft'),
    ...['', ''],
    toned(describeDisabled(client, now), 'soft'),
  ]);
  return fitTable([header, ...rows, ...off], { width, spare: SPARE });
}

function disabledLine(client: DisabledState, now: number): Line {
  return [toned(`${client.client}: ${describeDisabled(client, now)}`, 'soft')];
}

/** The problem, or what is running, or what comes next, in a few words. */
function note(client: ClientReport, now: number): string {
  const { findings, source, backends } = client;
  if (findings.length > 0) return [...new Set(findings.map(headingFor))].join('; ');
  const busy = [
    ...of('source', doingInWords(source, now)),
    ...backends.flatMap((backend) => {
      const { words, tone } = backendStatus(backend);
      const doing = doingInWords(backend, now) ?? (tone === 'ok' ? undefined : words);
      return of(backend.backend, doing);
    }),
  ];
  return busy.length > 0 ? busy.join('; ') : dueInWords(client, now);
}

function of(place: string, text: string | undefined): string[] {
  return text === undefined ? [] : [`${place}: ${text}`];
}

function acknowledgements(clients: readonly ClientReport[], width: number): Line[] {
  return clients.flatMap((client) => {
    const notes = [recentAcknowledgement(client), currentAnnouncement(client)];
    return notes.flatMap((text) =>
      text === undefined ? [] : wrap(`${client.client}: ${text}`, width),
    );
  });
}

function notRunning({ found, width }: StatusView): Line[] {
  const isFree = (each: FoundReport) => !each.isRunning && each.holder === undefined;
  const holders = new Set(found.flatMap(({ holder }) => holder ?? []));
  const namesOf = (list: readonly FoundReport[]) =>
    list.map(({ report }) => report.client).join(', ');
  const free = found.filter(isFree);
  const who = free.length === found.length ? undefined : namesOf(free);
  const lines = [
    ...(free.length === 0 ? [] : [noDaemonMessage(who)]),
    ...[...holders].map((pid) =>
      heldMessage(namesOf(found.filter(({ holder }) => holder === pid)), pid),
    ),
  ];
  return lines.flatMap((line) => wrap(line, width));
}
