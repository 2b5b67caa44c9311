import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { onCleanUp } from './clean-up.ts';

export type Mail = { readonly subject: string; readonly text: string };

export type MailSink = {
  /** `host:port` */
  readonly address: string;
  /** In the order in which they came. */
  readonly mails: readonly Mail[];
};

/** A mail server that delivers nothing: it speaks as much SMTP as Alertmanager does, without TLS and login. */
export async function startMailSink(): Promise<MailSink> {
  const mails: Mail[] = [];
  const server = createServer((socket) => converse(socket, (mail) => mails.push(parse(mail))));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanUp(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, mails };
}

function converse(socket: Socket, onMail: (mail: string) => void): void {
  let received = '';
  let isData = false;
  const reply = (line: string) => socket.write(`${line}\r\n`);
  const take = (end: string) => {
    const at = received.indexOf(end);
    if (at < 0) return undefined;
    const taken = received.slice(0, at);
    received = received.slice(at + end.length);
    return taken;
  };
  const next = () => {
    const taken = take(isData ? '\r\n.\r\n' : '\r\n');
    if (taken === undefined) return;
    if (isData) onMail(taken);
    isData = !isData && /^DATA$/i.test(taken);
    reply(isData ? '354 go on' : /^QUIT$/i.test(taken) ? '221 bye' : '250 ok');
    next();
  };
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text;
    next();
  });
  socket.on('error', () => undefined); // Alertmanager hangs up when it ends
  reply('220 sink');
}

/** The subject and the one text part of a mail as Alertmanager writes it: multipart, quoted-printable. */
function parse(mail: string): Mail {
  const [, subject = ''] = /^Subject: (.*)$/m.exec(mail) ?? [];
  const [, body = ''] = /\r\nContent-Type: text\/plain[^]*?\r\n\r\n([^]*?)\r\n--/.exec(mail) ?? [];
  const text = body
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return { subject: subject.trim(), text };
}
